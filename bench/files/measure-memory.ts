import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild } from '../harness/child.ts';
import { type Facts, fact } from '../harness/facts.ts';
import type { Task } from './file-memory.ts';
import { MIB, objectOf, type SealedFileStore } from './sealed-file-store.ts';

/** Bytes. */
const CHUNK = 16_384;
/** MB more than a copy. */
const MEMORY_TARGET = 30;
/** Bytes of a range that starts and ends within a chunk. */
const RANGE = MIB;

/**
 * Memory of a process that copies, seals or opens one large file, and bytes that a range of it reads. The file is sparse, so that the disk
 * does not matter.
 */
export async function measureFileMemory(
	fileStore: SealedFileStore,
	{ directory, key, size }: { readonly directory: string; readonly key: Uint8Array; readonly size: number },
	signal: AbortSignal,
): Promise<Facts> {
	const source = join(directory, 'large');
	const target = join(directory, 'target');
	const shared = { source, target, directory: join(directory, 'objects'), key: Buffer.from(key).toString('hex') };
	const run = async (task: Task) => {
		const module = new URL('file-memory.ts', import.meta.url);
		await using child = startChild<typeof import('./file-memory.ts')>(module, { signal });
		return await child.call('runTask', task);
	};
	await writeFile(source, '');
	await truncate(source, size);
	const copied = await run({ ...shared, way: 'copy' });
	await rm(target);
	const sealed = await run({ ...shared, way: 'seal' });
	const name = sealed.result;
	const opened = await run({ ...shared, way: 'open', name, size });
	await Promise.all([rm(target), rm(source)]);
	let read = 0;
	const file = await fileStore.open(name, size, (bytes) => {
		read += bytes;
	});
	const start = size / 2 - CHUNK / 2;
	for await (const _piece of file.read({ start, end: start + RANGE }));
	await fileStore.store.delete(objectOf(name));
	const overCopy = (bytes: number) => (bytes - copied.bytes) / 1e6;
	return {
		title: `A file of ${size / MIB} MiB`,
		facts: [
			fact('memory of a plain copy', copied.bytes / 1e6, 'MB'),
			fact('memory over the copy, sealing into the store', overCopy(sealed.bytes), 'MB', MEMORY_TARGET),
			fact('memory over the copy, opening from the store', overCopy(opened.bytes), 'MB', MEMORY_TARGET),
			fact('read for a range of 1 MiB', read, 'bytes', RANGE + 3 * CHUNK),
		],
	};
}
