import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROCESS = fileURLToPath(new URL('crowd-process.ts', import.meta.url));

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
export interface Told {
	/** Number of answers by status. */
	readonly statuses: readonly (readonly [status: number, count: number])[];
	/** Requests without an answer. */
	readonly lost: number;
	/** Refusals without Retry-After. */
	readonly untold: number;
	/** Answers with status 200 a second. */
	readonly perSecond: number;
	/** Milliseconds to an answer with status 200. */
	readonly p50: number;
	readonly p99: number;
}

export interface CrowdProcess {
	/** One crowd at a time. */
	ask(crowd: Crowd): Promise<Told>;
	stop(): Promise<void>;
}

/** A process of its own for a crowd, so that its work is in no server's event loop. */
export function startCrowdProcess(signal: AbortSignal): CrowdProcess {
	const child = fork(PROCESS, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], signal });
	const ended = once(child, 'exit');
	// Whoever asks hears of it.
	ended.catch(() => {});
	return {
		async ask(crowd) {
			signal.throwIfAborted();
			const answer = once(child, 'message');
			child.send(crowd);
			const [said] = await Promise.race([answer, ended.then(() => [{ failed: 'The crowd’s process ended.' }])]);
			const { failed, ...told } = said as Told & { readonly failed?: string };
			if (failed !== undefined) throw new Error(failed);
			return told;
		},
		async stop() {
			if (child.connected) child.disconnect();
			await ended.catch(() => {});
		},
	};
}

/** How many were told so. */
export const countOf = ({ statuses }: Told, ...of: readonly number[]): number =>
	statuses.reduce((sum, [status, count]) => sum + (of.includes(status) ? count : 0), 0);

export const allOf = ({ statuses, lost }: Told): number => statuses.reduce((sum, [, count]) => sum + count, lost);
