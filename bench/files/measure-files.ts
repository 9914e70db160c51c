import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type AwsCrypto, openAwsCrypto } from '../aws-crypto.ts';
import { compare, type Table } from '../comparison.ts';
import { measureRounds, type TimedSide } from '../rounds.ts';
import type { Measured, Section, SectionContext } from '../section.ts';
import { measureMemory } from './measure-memory.ts';
import { openSealedFileStore, type SealedFileStore } from './sealed-file-store.ts';
import {
	copy,
	copyDurably,
	copyHashed,
	decryptToFile,
	encryptToFile,
	keep,
	openFromStore,
	sealIntoStore,
	sealToFile,
	sealUnhashed,
} from './ways.ts';

const MIB = 2 ** 20;
/** 0.8 of the copy's throughput, as time. */
const COPY_TARGET = 1 / 0.8;
/** Half of the peer's time. */
const PEER_TARGET = 1 / 2;

export const files: Section = { name: 'files', title: 'Files', steps: () => 3, measure: measureFiles };

/** Files between the filesystem and the store, against plain copies and a peer; and what they need of memory and of the store. */
async function measureFiles({ peers, scale, signal, onStep }: SectionContext): Promise<Measured> {
	const { fileSize, largeFile, files: milliseconds } = scale;
	const directory = await mkdtemp(join(tmpdir(), 'firmseal-bench-files-'));
	try {
		const key = randomBytes(32);
		await mkdir(join(directory, 'objects'), { mode: 0o700 });
		const fileStore = await openSealedFileStore(join(directory, 'objects'), key);
		const source = join(directory, 'source');
		await pipeline(randomPieces(fileSize), createWriteStream(source));
		const options = { milliseconds, signal };
		const given = { directory, source, size: fileSize };
		const beside = await measureBesideCopy(fileStore, given, options);
		onStep();
		const withPeer = peers ? await measureBesideAws(fileStore, await openAwsCrypto(key), given, options) : [];
		onStep();
		const facts = await measureMemory(fileStore, { directory, key, size: largeFile }, signal);
		onStep();
		return { tables: [...beside, ...withPeer], facts };
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
}

interface File {
	readonly directory: string;
	readonly source: string;
	readonly size: number;
}

type Options = Parameters<typeof measureRounds>[1];

async function measureBesideCopy(
	fileStore: SealedFileStore,
	{ directory, source, size }: File,
	options: Options,
): Promise<Table[]> {
	const target = join(directory, 'target');
	const without = async (name: string) => fileStore.store.delete(name.split('/')[0] ?? '');
	const sealed = await sealIntoStore(fileStore, source);
	const times = await measureRounds(
		{
			copied: timedOf(() => copy(source, target)),
			durably: timedOf(() => copyDurably(source, target)),
			hashed: timedOf(() => copyHashed(source, target)),
			kept: timedOf(() => keep(fileStore, source), without),
			sealed: timedOf(() => sealIntoStore(fileStore, source), without),
			opened: timedOf(() => openFromStore(fileStore, sealed, size, target)),
		},
		options,
	);
	await without(sealed);
	const what = `${size / MIB} MiB`;
	return [
		{
			title: 'A file, against a plain copy on the disk',
			base: 'copy, fsync',
			compared: 'Firmseal',
			comparisons: [
				compare(`${what}, sealed into the store`, times, { base: 'durably', compared: 'sealed', target: COPY_TARGET }),
				compare(`${what}, into the store as it is`, times, { base: 'durably', compared: 'kept' }),
			],
		},
		{
			title: 'A file, against a copy with two SHA-256, on the disk',
			base: 'hashed copy',
			compared: 'Firmseal',
			comparisons: [compare(`${what}, sealed into the store`, times, { base: 'hashed', compared: 'sealed' })],
		},
		{
			title: 'A file, against a plain copy',
			base: 'copy',
			compared: 'Firmseal',
			comparisons: [
				compare(`${what}, opened from the store`, times, { base: 'copied', compared: 'opened', target: COPY_TARGET }),
				compare(`${what}, sealed into the store`, times, { base: 'copied', compared: 'sealed', target: COPY_TARGET }),
			],
		},
	];
}

async function measureBesideAws(
	fileStore: SealedFileStore,
	aws: AwsCrypto,
	{ directory, source, size }: File,
	options: Options,
): Promise<Table[]> {
	const target = join(directory, 'target');
	const encrypted = join(directory, 'encrypted');
	await encryptToFile(aws, source, encrypted);
	const sealed = await sealIntoStore(fileStore, source);
	const times = await measureRounds(
		{
			awsSeals: timedOf(() => encryptToFile(aws, source, target)),
			seals: timedOf(() => sealToFile(fileStore, source, target)),
			unhashed: timedOf(() => sealUnhashed(fileStore, source, target)),
			awsOpens: timedOf(() => decryptToFile(aws, encrypted, target)),
			opens: timedOf(() => openFromStore(fileStore, sealed, size, target)),
		},
		options,
	);
	await fileStore.store.delete(sealed.split('/')[0] ?? '');
	const what = `${size / MIB} MiB`;
	return [
		{
			title: 'A file, with a peer',
			base: '@aws-crypto',
			compared: 'Firmseal',
			comparisons: [
				compare(`${what}, sealed, file to file`, times, { base: 'awsSeals', compared: 'seals', target: PEER_TARGET }),
				compare(`${what}, the same without SHA-256`, times, {
					base: 'awsSeals',
					compared: 'unhashed',
					target: PEER_TARGET,
				}),
				compare(`${what}, opened to a file`, times, { base: 'awsOpens', compared: 'opens', target: PEER_TARGET }),
			],
		},
	];
}

/** Microseconds of one run; what is made is taken away outside of the time. */
const timedOf =
	<Made>(work: () => Promise<Made>, after: (made: Made) => Promise<void> = async () => {}): TimedSide =>
	async () => {
		const start = performance.now();
		const made = await work();
		const time = (performance.now() - start) * 1000;
		await after(made);
		return time;
	};

async function* randomPieces(size: number): AsyncGenerator<Uint8Array> {
	for (let left = size; left > 0; left -= MIB) yield randomBytes(Math.min(left, MIB));
}
