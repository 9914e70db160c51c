import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openSealedFileStore } from './sealed-file-store.ts';
import { copyDurably, openFromStore, sealIntoStore } from './ways.ts';

/** What a process does once, to see how much memory that takes. */
export type Task = {
	readonly source: string;
	readonly target: string;
	/** Of the store. */
	readonly directory: string;
	/** Hexadecimal. */
	readonly key: string;
} & ({ readonly way: 'copy' | 'seal' } | { readonly way: 'open'; readonly name: string; readonly size: number });

export interface TaskResult {
	/** Bytes that the process had at most while it was at it, beyond those that it had before. */
	readonly bytes: number;
	/** Of the object that was made. */
	readonly name: string | null;
}

/** Milliseconds. */
const LOOK_EVERY = 2;

/** Loading the program takes many times what a file does, so only the file is counted: without garbage of before. */
function watchMemory(): () => number {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	for (let n = 0; n < 3; n++) collect();
	const before = process.memoryUsage.rss();
	let most = before;
	const look = () => {
		most = Math.max(most, process.memoryUsage.rss());
	};
	const timer = setInterval(look, LOOK_EVERY);
	return () => {
		clearInterval(timer);
		look();
		return most - before;
	};
}

async function run(task: Task): Promise<void> {
	const fileStore = await openSealedFileStore(task.directory, Buffer.from(task.key, 'hex'));
	const growth = watchMemory();
	let name: string | null = null;
	if (task.way === 'copy') await copyDurably(task.source, task.target);
	if (task.way === 'seal') name = await sealIntoStore(fileStore, task.source);
	if (task.way === 'open') await openFromStore(fileStore, task.name, task.size, task.target);
	const result: TaskResult = { bytes: growth(), name };
	process.send?.(result);
	process.disconnect();
}

process.once('message', (task: Task) => void run(task));
