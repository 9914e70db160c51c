import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Facts } from '../facts.ts';
import type { Task, TaskResult } from './file-process.ts';
import type { SealedFileStore } from './sealed-file-store.ts';

const PROCESS = fileURLToPath(new URL('file-process.ts', import.meta.url));

const MIB = 2 ** 20;
/** Bytes. */
const CHUNK = 16_384;
/** Over the copy, in MB. */
const MEMORY_TARGET = 30;

/** Bytes of the range, which begins in the middle of a chunk and ends in the middle of another. */
const RANGE = MIB;

/**
 * Memory of a process that copies, seals or opens one large file, and what a range of it reads. The file has no bytes on the disk, so that
 * nothing but the process is measured.
 */
export async function measureMemory(
	fileStore: SealedFileStore,
	{ directory, key, size }: { readonly directory: string; readonly key: Uint8Array; readonly size: number },
	signal: AbortSignal,
): Promise<Facts[]> {
	const source = join(directory, 'large');
	const target = join(directory, 'target');
	const given = { source, target, directory: join(directory, 'objects'), key: Buffer.from(key).toString('hex') };
	await writeFile(source, '');
	await truncate(source, size);
	const copied = await run({ ...given, way: 'copy' }, signal);
	await rm(target);
	const sealed = await run({ ...given, way: 'seal' }, signal);
	const name = sealed.name ?? '';
	const opened = await run({ ...given, way: 'open', name, size }, signal);
	await Promise.all([rm(target), rm(source)]);
	let read = 0;
	const file = await fileStore.open(name, size, (bytes) => {
		read += bytes;
	});
	const start = size / 2 - CHUNK / 2;
	for await (const _piece of file.read({ start, end: start + RANGE }));
	await fileStore.store.delete(name.split('/')[0] ?? '');
	const over = ({ bytes }: TaskResult) => (bytes - copied.bytes) / 1e6;
	return [
		{
			title: `A file of ${size / MIB} MiB`,
			facts: [
				{ what: 'memory of a plain copy', value: copied.bytes / 1e6, unit: 'MB', target: null },
				{
					what: 'memory over the copy, sealing into the store',
					value: over(sealed),
					unit: 'MB',
					target: MEMORY_TARGET,
				},
				{
					what: 'memory over the copy, opening from the store',
					value: over(opened),
					unit: 'MB',
					target: MEMORY_TARGET,
				},
				{ what: 'read for a range of 1 MiB', value: read, unit: 'bytes', target: RANGE + 3 * CHUNK },
			],
		},
	];
}

async function run(task: Task, signal: AbortSignal): Promise<TaskResult> {
	const child = fork(PROCESS, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], signal });
	const ended = once(child, 'exit');
	child.send(task);
	const [said] = await Promise.race([once(child, 'message'), ended.then(() => [null])]);
	await ended;
	if (said === null) throw new Error(`The process that had to ${task.way} a file ended before it had.`);
	return said as TaskResult;
}
