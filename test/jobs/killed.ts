import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestInstallation } from '../support/installation.ts';
import { drawn } from '../support/scale.ts';
import { bare } from '../system/program.ts';

const SOURCE = fileURLToPath(new URL('working-process.ts', import.meta.url));

export interface Killing {
	/** The worker's source file; by default the one of this repository. */
	readonly source?: string;
	/** The number of kills allowed so far: on a slow machine, too many kills would leave no time for work. */
	readonly most?: () => number;
}

/** Workers that are killed at random and replaced, until stopped. Returns how many were killed while they worked. */
export function killingWorkers(
	{ env }: TestInstallation,
	count: number,
	{ source = SOURCE, most = () => Number.POSITIVE_INFINITY }: Killing = {},
) {
	const running = new Set<ChildProcess>();
	const errors: string[] = [];
	let isOver = false;
	let killed = 0;
	let begun = 0;

	async function one(): Promise<void> {
		while (!isOver) {
			const child = fork(source, { env: { ...bare(), ...env }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
			running.add(child);
			child.stderr?.on('data', (text) => errors.push(String(text)));
			const exited = once(child, 'exit');
			await Promise.race([once(child, 'message'), exited]);
			await Promise.race([delay(drawn(`kill ${begun++}`) * 3_000), exited]);
			while (!isOver && child.exitCode === null && killed >= most()) await Promise.race([delay(50), exited]);
			if (child.exitCode !== null) throw new Error(`A worker ended without being killed: ${errors.at(-1)}`);
			if (isOver) return;
			child.kill('SIGKILL');
			await exited;
			running.delete(child);
			killed += 1;
		}
	}
	const all = Promise.all(Array.from({ length: count }, one));
	return {
		killed: () => killed,
		errors,
		/** Stops killing. The last workers continue. */
		async spare() {
			isOver = true;
			await all;
		},
		async stop() {
			isOver = true;
			await all.catch(() => {});
			for (const child of running) {
				child.kill('SIGKILL');
				if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
			}
		},
	};
}
