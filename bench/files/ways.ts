import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { FileSealer } from '../../src/content/index.ts';
import { sealStream } from '../../src/documents/seal-stream.ts';
import type { AwsCrypto } from '../peers/aws-crypto.ts';
import { NEVER, newName, type SealedFileStore } from './sealed-file-store.ts';

/** Bytes that a plain stream reads and writes at once, as in the store of Firmseal. The default of Node, 64 KiB, is slower. */
const PIECE = 256 * 1024;
const PIECES = { highWaterMark: PIECE };

const from = (path: string) => createReadStream(path, PIECES);
const to = (path: string) => createWriteStream(path, PIECES);

export const copy = (source: string, target: string): Promise<void> => pipeline(from(source), to(target));

/** A copy with fsync, which a store promises. */
export async function copyDurably(source: string, target: string): Promise<void> {
	await copy(source, target);
	await sync(target);
}

/** A copy with fsync and two SHA-256: what a store does, without encryption. */
export async function copyHashed(source: string, target: string): Promise<void> {
	const hashes = [createHash('sha256'), createHash('sha256')];
	async function* hashed(pieces: AsyncIterable<Uint8Array>) {
		for await (const piece of pieces) {
			for (const hash of hashes) hash.update(piece);
			yield piece;
		}
	}
	await pipeline(hashed(from(source)), to(target));
	for (const hash of hashes) hash.digest();
	await sync(target);
}

async function sync(target: string): Promise<void> {
	const file = await open(target, 'r+');
	try {
		await file.sync();
	} finally {
		await file.close();
	}
}

/** Writes the file unsealed into the store. */
export async function keep({ store }: SealedFileStore, source: string): Promise<string> {
	const name = newName();
	await store.write(name, from(source), { size: null, signal: NEVER });
	return name;
}

export async function sealIntoStore({ store, seal }: SealedFileStore, source: string): Promise<string> {
	const name = newName();
	await store.write(name, sealStream(seal(), from(source)), { size: null, signal: NEVER });
	return name;
}

export async function openFromStore(
	fileStore: SealedFileStore,
	name: string,
	size: number,
	target: string,
): Promise<void> {
	const opened = await fileStore.open(name, size);
	await pour(opened.read({ start: 0, end: size }), target);
}

/** Seals from file to file, without the store. */
export const sealToFile = ({ seal }: SealedFileStore, source: string, target: string): Promise<void> =>
	pour(sealStream(seal(), from(source)), target);

/** sealToFile() without SHA-256, which the peer does not compute. */
export const sealUnhashed = ({ seal }: SealedFileStore, source: string, target: string): Promise<void> =>
	pour(sealedOnly(seal(), from(source)), target);

async function* sealedOnly(sealer: FileSealer, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	yield sealer.start;
	for await (const piece of pieces) yield sealer.update(piece);
	yield sealer.end();
}

export const encryptToFile = (aws: AwsCrypto, source: string, target: string): Promise<void> =>
	pipeline(from(source), aws.encrypt(), to(target));

export const decryptToFile = (aws: AwsCrypto, source: string, target: string): Promise<void> =>
	pipeline(from(source), aws.decrypt(), to(target));

/** Writes pieces, each valid until the next, into a file: fills one buffer while it writes the other. */
async function pour(pieces: AsyncIterable<Uint8Array>, target: string): Promise<void> {
	const file = await open(target, 'w');
	try {
		let [filling, other] = [Buffer.allocUnsafeSlow(2 * PIECE), Buffer.allocUnsafeSlow(2 * PIECE)];
		let writing = Promise.resolve();
		for await (const piece of pieces) {
			filling.set(piece);
			await writing;
			writing = writeAll(file, filling.subarray(0, piece.length));
			writing.catch(() => {});
			[filling, other] = [other, filling];
		}
		await writing;
	} finally {
		await file.close();
	}
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
	for (let start = 0; start < bytes.length; ) start += (await file.write(bytes, start)).bytesWritten;
}
