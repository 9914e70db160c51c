import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { TestModule } from 'vitest/node';

declare module 'vitest' {
	interface TaskMeta {
		/** CPU-seconds of the worker and its descendants while the file ran. */
		cpuSeconds?: number;
	}
}

interface Process {
	readonly name: string;
	readonly parent: number;
	/** CPU-seconds of the process and of its children that have ended. */
	readonly seconds: number;
}

/** Ticks of a second in /proc/PID/stat (proc(5)). */
const TICKS = 100;

/** CPU-seconds of the files that passed. */
export const cpuSecondsOf = (modules: readonly TestModule[]): Readonly<Record<string, number>> =>
	Object.fromEntries(
		modules.filter((module) => module.ok()).map((module) => [module.relativeModuleId, module.meta().cpuSeconds ?? 0]),
	);

/** CPU-seconds of this process and its descendants, including those that have ended; 0 without /proc. */
export function cpuSecondsHere(): number {
	const all = readProcesses();
	const below = (pid: number): number =>
		[...all].reduce(
			(sum, [child, { parent }]) => (parent === pid ? sum + below(child) : sum),
			all.get(pid)?.seconds ?? 0,
		);
	return below(process.pid);
}

/** CPU-seconds of the PostgreSQL servers that run in the directory, including closed connections. */
export function cpuSecondsOfPostgres(directory: string): number {
	const isInside = (pid: number): boolean => {
		try {
			return readlinkSync(`/proc/${pid}/cwd`).startsWith(directory);
		} catch {
			return false;
		}
	};
	return [...readProcesses()].reduce(
		(sum, [pid, { name, seconds }]) => (name === 'postgres' && isInside(pid) ? sum + seconds : sum),
		0,
	);
}

function readProcesses(): ReadonlyMap<number, Process> {
	const all = new Map<number, Process>();
	for (const pid of pids()) {
		try {
			const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
			const end = stat.lastIndexOf(')');
			const [, parent, ...rest] = stat
				.slice(end + 2)
				.split(' ')
				.map(Number);
			const ticks = rest.slice(9, 13).reduce((sum, each) => sum + each, 0);
			all.set(pid, { name: stat.slice(stat.indexOf('(') + 1, end), parent: parent ?? 0, seconds: ticks / TICKS });
		} catch {
			// The process has ended.
		}
	}
	return all;
}

function pids(): readonly number[] {
	try {
		return readdirSync('/proc')
			.filter((name) => /^\d+$/.test(name))
			.map(Number);
	} catch {
		return [];
	}
}
