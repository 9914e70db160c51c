import { AsyncLocalStorage } from 'node:async_hooks';
import type { Readable, Writable } from 'node:stream';
import { type Clock, systemClock } from '../clock/index.ts';
import type { Progress } from './print/index.ts';
import { untilStopped } from './until-stopped.ts';

/** What a command has of the process that runs it. */
export interface Io {
	readonly stdin: Readable & { readonly isTTY?: boolean };
	readonly stdout: Terminal;
	readonly stderr: Terminal;
	/** Shows how far something is, in place of a bar or lines on standard error. */
	readonly progress?: (title: string, total: number) => Progress;
	/** Where log lines go; the process's own standard error unless given. */
	readonly log?: { write(line: string): void };
	/** Resolves when the command is asked to stop. Call it before anything is started that would be left behind. */
	readonly untilStopped: () => Promise<void>;
	/** By which it waits for what a worker does. */
	readonly clock: Clock;
}

/** A stream that may lead to a terminal. */
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

/** Runs `work` with streams and a stop of its own, in everything that it calls. */
export const withIo = <T>(io: Io, work: () => Promise<T>): Promise<T> => given.run(io, work);

/** What `withIo` has given, else the process's. */
export const currentIo = (): Io => given.getStore() ?? PROCESS_IO;

/** Aborts when the command is asked to stop. */
export function stopSignal(): AbortSignal {
	const stopping = new AbortController();
	void currentIo()
		.untilStopped()
		.then(() => stopping.abort());
	return stopping.signal;
}

/** Of a command that has nothing to save when it is asked to stop: its process ends. */
export const UNSTOPPED: AbortSignal = AbortSignal.any([]);
