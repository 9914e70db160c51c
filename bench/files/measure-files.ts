import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { compare, type Table, tableOf } from '../harness/comparison.ts';
import { measureRounds, type RoundsOptions, timed } from '../harness/rounds.ts';
import type { Measured, Section, SectionContext } from '../harness/section.ts';
import { type AwsCrypto, openAwsCrypto } from '../peers/aws-crypto.ts';
import { measureFileMemory } from './measure-memory.ts';
import { MIB, objectOf, openSealedFileStore, type SealedFileStore } from './sealed-file-store.ts';
import * as ways from './ways.ts';

/** 0.8 of the throughput of a copy, as time. */
const COPY_TARGET = 1 / 0.8;
/** Half of the peer's time. */
const PEER_TARGET = 1 / 2;

/** Files between the filesystem and the store, compared with plain copies and a peer. */
export const files: Section = { name: 'files', title: 'Files', steps: () => 3, measure: measureFiles };

interface Paths {
	readonly source: string;
	readonly target: string;
	readonly encrypted: string;
	readonly size: number;
}

async function measureFiles({ peers, scale, signal, onStep }: SectionContext): Promise<Measured> {
	const { fileSize: size, largeFile, files: milliseconds } = scale;
	await using made = await mkdtempDisposable(join(tmpdir(), 'firmseal-bench-files-'));
	const directory = made.path;
	const [source, target, encrypted, objects] = ['source', 'target', 'encrypted', 'objects'].map((name) =>
		join(directory, name),
	) as [string, string, string, string];
	const key = randomBytes(32);
	await mkdir(objects, { mode: 0o700 });
	const fileStore = await openSealedFileStore(objects, key);
	await pipeline(randomPieces(size), createWriteStream(source));
	const paths = { source, target, encrypted, size };
	const options = { milliseconds, signal };
	const copies = await compareWithCopies(fileStore, paths, options);
	onStep();
	const withPeer = peers ? [await compareWithAws(fileStore, await openAwsCrypto(key), paths, options)] : [];
	onStep();
	const memory = await measureFileMemory(fileStore, { directory, key, size: largeFile }, signal);
	onStep();
	return { tables: [...copies, ...withPeer], facts: [memory] };
}

async function compareWithCopies(
	fileStore: SealedFileStore,
	{ source, target, size }: Paths,
	options: RoundsOptions,
): Promise<Table[]> {
	const remove = (name: string) => fileStore.store.delete(objectOf(name));
	const sealed = await ways.sealIntoStore(fileStore, source);
	const sides = {
		copied: timed(() => ways.copy(source, target)),
		durably: timed(() => ways.copyDurably(source, target)),
		hashed: timed(() => ways.copyHashed(source, target)),
		kept: timed(() => ways.keep(fileStore, source), remove),
		sealed: timed(() => ways.sealIntoStore(fileStore, source), remove),
		opened: timed(() => ways.openFromStore(fileStore, sealed, size, target)),
	};
	const times = await measureRounds(sides, options);
	await remove(sealed);
	const line = (what: string, base: keyof typeof sides, compared: keyof typeof sides, target: number | null = null) =>
		compare(`${size / MIB} MiB, ${what}`, times, { base, compared, target });
	return [
		tableOf('A file, against a plain copy on the disk', 'copy, fsync', 'Firmseal', [
			line('sealed into the store', 'durably', 'sealed', COPY_TARGET),
			line('into the store as it is', 'durably', 'kept'),
		]),
		tableOf('A file, against a copy with two SHA-256, on the disk', 'hashed copy', 'Firmseal', [
			line('sealed into the store', 'hashed', 'sealed'),
		]),
		tableOf('A file, against a plain copy', 'copy', 'Firmseal', [
			line('opened from the store', 'copied', 'opened', COPY_TARGET),
			line('sealed into the store', 'copied', 'sealed', COPY_TARGET),
		]),
	];
}

async function compareWithAws(
	fileStore: SealedFileStore,
	aws: AwsCrypto,
	{ source, target, encrypted, size }: Paths,
	options: RoundsOptions,
): Promise<Table> {
	await ways.encryptToFile(aws, source, encrypted);
	const sealed = await ways.sealIntoStore(fileStore, source);
	const sides = {
		awsSeals: timed(() => ways.encryptToFile(aws, source, target)),
		seals: timed(() => ways.sealToFile(fileStore, source, target)),
		unhashed: timed(() => ways.sealUnhashed(fileStore, source, target)),
		awsOpens: timed(() => ways.decryptToFile(aws, encrypted, target)),
		opens: timed(() => ways.openFromStore(fileStore, sealed, size, target)),
	};
	const times = await measureRounds(sides, options);
	await fileStore.store.delete(objectOf(sealed));
	const line = (what: string, base: keyof typeof sides, compared: keyof typeof sides) =>
		compare(`${size / MIB} MiB, ${what}`, times, { base, compared, target: PEER_TARGET });
	return tableOf('A file, with a peer', '@aws-crypto', 'Firmseal', [
		line('sealed, file to file', 'awsSeals', 'seals'),
		line('the same without SHA-256', 'awsSeals', 'unhashed'),
		line('opened to a file', 'awsOpens', 'opens'),
	]);
}

async function* randomPieces(size: number): AsyncGenerator<Uint8Array> {
	for (let left = size; left > 0; left -= MIB) yield randomBytes(Math.min(left, MIB));
}
