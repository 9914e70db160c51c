import { type LoadProcess, startLoadProcess } from '../load/load-process.ts';

/** People who ask a server over so many connections, whatever it answers. */
export interface Crowd {
	readonly url: string;
	/** GraphQL requests, in turn. */
	readonly bodies: readonly string[];
	/** Of who asks: each connection has its own people, who take turns. */
	readonly tokens: readonly string[];
	readonly connections: number;
	readonly length: { readonly seconds: number } | { readonly requests: number };
	/** Requests a second of all together; as soon as there is an answer unless given. */
	readonly perSecond?: number;
}

/** What they were told. */
export interface CrowdResult {
	/** Number of answers by status. */
	readonly statuses: readonly (readonly [status: number, count: number])[];
	/** Requests without an answer. */
	readonly lost: number;
	/** Refusals without Retry-After. */
	readonly withoutRetryAfter: number;
	/** Answers with status 200 a second. */
	readonly perSecond: number;
	/** Milliseconds to an answer with status 200. */
	readonly p50: number;
	readonly p99: number;
}

export type CrowdProcess = LoadProcess<Crowd, CrowdResult>;

export const startCrowdProcess = (signal: AbortSignal): CrowdProcess =>
	startLoadProcess(new URL('crowd-process.ts', import.meta.url), signal);

/** How many were told so. */
export const countOf = ({ statuses }: CrowdResult, ...of: readonly number[]): number =>
	statuses.reduce((sum, [status, count]) => sum + (of.includes(status) ? count : 0), 0);

export const allOf = ({ statuses, lost }: CrowdResult): number =>
	statuses.reduce((sum, [, count]) => sum + count, lost);
