import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sealing } from '../../src/documents/sealing.ts';
import type { AwsCrypto } from './aws-crypto.ts';
import { NEVER, newName, type Vault } from './vault.ts';

/** Bytes that a plain stream reads and writes at once, as Firmseal's own store does: Node's default, 64 KiB, is slower. */
const PIECE = 256 * 1024;
const PIECES = { highWaterMark: PIECE };

const from = (path: string) => createReadStream(path, PIECES);
const to = (path: string) => createWriteStream(path, PIECES);

/** A plain copy by streams. */
export const copy = (source: string, target: string): Promise<void> => pipeline(from(source), to(target));

/** The same, on the disk: what a store promises. */
export async function copyDurably(source: string, target: string): Promise<void> {
	await copy(source, target);
	const file = await open(target, 'r+');
	await file.sync().finally(() => file.close());
}

/** The file as it is into the store, as an object. */
export async function keep({ store }: Vault, source: string): Promise<string> {
	const name = newName();
	await store.write(name, from(source), { size: null, signal: NEVER });
	return name;
}

export async function sealIntoStore({ store, seal }: Vault, source: string): Promise<string> {
	const name = newName();
	await store.write(name, sealing(seal(), from(source)), { size: null, signal: NEVER });
	return name;
}

export async function openFromStore(vault: Vault, name: string, size: number, target: string): Promise<void> {
	const opened = await vault.open(name, size);
	await pipeline(streamOf(opened.read({ start: 0, end: size })), to(target));
}

/** From file to file, without the store. Pieces are copied, since a stream keeps some while it asks for more. */
export const sealToFile = ({ seal }: Vault, source: string, target: string): Promise<void> =>
	pipeline(streamOf(copied(sealing(seal(), from(source)))), to(target));

async function* copied(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	for await (const piece of pieces) yield Buffer.from(piece);
}

export const encryptToFile = (aws: AwsCrypto, source: string, target: string): Promise<void> =>
	pipeline(from(source), aws.encrypt(), to(target));

export const decryptToFile = (aws: AwsCrypto, source: string, target: string): Promise<void> =>
	pipeline(from(source), aws.decrypt(), to(target));

const streamOf = (pieces: AsyncIterable<Uint8Array>) => Readable.from(pieces, { objectMode: false, ...PIECES });
