import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROCESS = fileURLToPath(new URL('client-process.ts', import.meta.url));

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

export interface LoadClient {
	/** One load at a time. @throws Error for an answer without status 200 and data, or with an error. */
	ask(load: Load): Promise<Answered>;
	stop(): Promise<void>;
}

/** Autocannon in a process of its own, so that its work is not in any server's event loop. Only where the peers are installed. */
export function startLoadClient(signal: AbortSignal): LoadClient {
	const child = fork(PROCESS, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], signal });
	const ended = once(child, 'exit');
	// Whoever asks hears of it.
	ended.catch(() => {});
	return {
		async ask(load) {
			signal.throwIfAborted();
			const answer = once(child, 'message');
			child.send(load);
			const [said] = await Promise.race([answer, ended.then(() => [{ failed: 'The asking process ended.' }])]);
			const { failed, ...answered } = said as Answered & { readonly failed?: string };
			if (failed !== undefined) throw new Error(failed);
			return answered;
		},
		async stop() {
			if (child.connected) child.disconnect();
			await ended.catch(() => {});
		},
	};
}
