import { resourceUsage } from 'node:process';
import { openVault } from './vault.ts';
import { copyDurably, openFromStore, sealIntoStore } from './ways.ts';

/** What a process does once, to see how much memory that takes. */
export type Task = {
	readonly source: string;
	readonly target: string;
	readonly directory: string;
	readonly key: string;
} & ({ readonly way: 'copy' | 'seal' } | { readonly way: 'open'; readonly name: string; readonly size: number });

export interface TaskResult {
	/** The most that the process had at once, in KiB. */
	readonly kibibytes: number;
	/** Of the object that was made. */
	readonly name: string | null;
}

process.once('message', async (task: Task) => {
	const vault = await openVault(task.directory, Buffer.from(task.key, 'hex'));
	let name: string | null = null;
	if (task.way === 'copy') await copyDurably(task.source, task.target);
	if (task.way === 'seal') name = await sealIntoStore(vault, task.source);
	if (task.way === 'open') await openFromStore(vault, task.name, task.size, task.target);
	const result: TaskResult = { kibibytes: resourceUsage().maxRSS, name };
	process.send?.(result);
	process.disconnect();
});
