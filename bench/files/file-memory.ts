// Copies, seals or opens one file and measures the memory of it. Runs in the process that measure-memory.ts starts.
import { measureMemory } from '../harness/memory.ts';
import { openSealedFileStore } from './sealed-file-store.ts';
import { copyDurably, openFromStore, sealIntoStore } from './ways.ts';

export type Task = {
	readonly source: string;
	readonly target: string;
	/** Directory of the store. */
	readonly directory: string;
	/** Hexadecimal. */
	readonly key: string;
} & ({ readonly way: 'copy' | 'seal' } | { readonly way: 'open'; readonly name: string; readonly size: number });

/** @returns bytes by which memory grew, and as `result` the name of an object that was written */
export async function runTask(task: Task) {
	const fileStore = await openSealedFileStore(task.directory, Buffer.from(task.key, 'hex'));
	return measureMemory(async () => {
		if (task.way === 'copy') await copyDurably(task.source, task.target);
		if (task.way === 'open') await openFromStore(fileStore, task.name, task.size, task.target);
		return task.way === 'seal' ? sealIntoStore(fileStore, task.source) : '';
	});
}
