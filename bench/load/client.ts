import { type LoadProcess, startLoadProcess } from './load-process.ts';

/** So many answers to one request, of which at most `connections` are waited for at once. */
export interface Load {
	/** Of the server. */
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** Opened for this load. */
	readonly connections: number;
	readonly requests: number;
}

export interface Answered {
	/** From the first request to the last answer, over the number of answers. */
	readonly microseconds: number;
	/** Milliseconds from each request to the end of its answer. */
	readonly latencies: readonly number[];
}

export type LoadClient = LoadProcess<Load, Answered>;

/** Asks with autocannon; an answer without status 200 and data, or with an error, is none. */
export const startLoadClient = (signal: AbortSignal): LoadClient =>
	startLoadProcess(new URL('client-process.ts', import.meta.url), signal);
