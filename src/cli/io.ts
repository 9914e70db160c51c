import { AsyncLocalStorage } from 'node:async_hooks';
import type { Readable, Writable } from 'node:stream';
import { type Clock, systemClock } from '../clock/index.ts';
import type { Progress } from './print/index.ts';
import { untilStopped } from './until-stopped.ts';

/** The parts of its process that a command uses. */
export interface Io {
	readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
	readonly stdout: Terminal;
	readonly stderr: Terminal;
	/** Shows progress instead of the bar or lines on standard error. */
	readonly progress?: (title: string, total: number) => Progress;
	/** Where log lines go; the process's standard error unless given. */
	readonly log?: { write(line: string): void };
	/** Resolves when the command is asked to stop. Call it before starting anything that would be left behind. */
	readonly untilStopped: () => Promise<void>;
	readonly clock: Clock;
}

type Terminal = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export const PROCESS_IO: Io = {
	get stdin() {
		return process.stdin;
	},
	get stdout() {
		return process.stdout;
	},
	get stderr() {
		return process.stderr;
	},
	untilStopped,
	clock: systemClock,
};

const given = new AsyncLocalStorage<Io>();

/** Runs `work`, and everything that it calls, with this Io in place of the process's. */
export const withIo = <T>(io: Io, work: () => Promise<T>): Promise<T> => given.run(io, work);

/** The Io of the surrounding withIo(), else the process's. */
export const currentIo = (): Io => given.getStore() ?? PROCESS_IO;

/** A signal that aborts when the command is asked to stop. */
export function stopSignal(): AbortSignal {
	const stopping = new AbortController();
	void currentIo()
		.untilStopped()
		.then(() => stopping.abort());
	return stopping.signal;
}

/** Never aborts. For a command that has nothing to save when it is asked to stop: its process just ends. */
export const UNSTOPPED: AbortSignal = AbortSignal.any([]);
