import type { StartedWorker, TabLocks } from './browser-types.ts';
import { type AnswerMessage, type FromVaultWorker, OPERATIONS, type WorkerOperations } from './messages.ts';
import { type PageReason, refusal } from './page-refusal.ts';
import { VaultRefusal } from './refusal.ts';

/** The vault, from its page. */
export interface WorkerVault extends WorkerOperations {
	/** Ends the worker, and with it all keys in memory. The next operation starts another, in which the device is locked. */
	stop(): void;
}

/** What the page may show when it happens. The device is locked after each but FREE. */
export type VaultEvent = 'TAKEN' | 'FREE' | 'STOPPED';

interface Open {
	readonly resolve: (value: unknown) => void;
	readonly reject: (error: Error) => void;
}

/** One worker that was started, and the calls that it has not answered. */
interface Running {
	readonly worker: StartedWorker;
	readonly open: Map<number, Open>;
	isLoaded: boolean;
}

/**
 * The operations of a vault that runs in a worker. Calls keep their order. If the worker does not load or stops, each open call rejects
 * with VaultRefusal `no-worker` or `stopped`, and the next call starts another one. Errors of operations are VaultRefusals with the
 * reasons of the vault. `start` starts a worker that calls serveVault().
 */
export function createWorkerVault(
	start: () => StartedWorker,
	onEvent: (event: VaultEvent) => void = () => undefined,
): WorkerVault {
	let running: Running | null = null;
	let calls = 0;
	const end = (ended: Running, reason: PageReason): void => {
		if (running !== ended) return;
		running = null;
		ended.worker.terminate();
		for (const { reject } of ended.open.values()) reject(refusal(reason));
		ended.open.clear();
		onEvent('STOPPED');
	};
	const begin = (): Running => {
		const begun: Running = { worker: start(), open: new Map(), isLoaded: false };
		const failed = (): void => end(begun, begun.isLoaded ? 'stopped' : 'no-worker');
		begun.worker.addEventListener('message', ({ data }) => {
			const message = data as FromVaultWorker;
			if ('life' in message) watch(begun, message.life, failed);
			else if ('event' in message) onEvent(message.event);
			else settle(begun, message);
		});
		begun.worker.addEventListener('error', failed);
		begun.worker.addEventListener('messageerror', failed);
		return begun;
	};
	const call = (operation: string, given: readonly unknown[]): Promise<unknown> => {
		const { promise, resolve, reject } = Promise.withResolvers<unknown>();
		try {
			running ??= begin();
			const number = ++calls;
			running.open.set(number, { resolve, reject });
			running.worker.postMessage({ call: number, operation, given });
		} catch {
			// The worker may not be started here, or what was given cannot be cloned.
			if (running !== null) running.open.delete(calls);
			reject(refusal(running === null ? 'no-worker' : 'not-asked'));
		}
		return promise;
	};
	const named = Object.keys(OPERATIONS).map((name) => [name, (...given: unknown[]) => call(name, given)] as const);
	const operations = Object.fromEntries(named) as unknown as WorkerOperations;
	return { ...operations, stop: () => void (running !== null && end(running, 'stopped')) };
}

function settle({ open }: Running, message: AnswerMessage): void {
	const called = open.get(message.answer);
	open.delete(message.answer);
	if ('error' in message) called?.reject(new VaultRefusal(message.error));
	else called?.resolve(message.value);
}

/** A worker that crashes or closes itself sends no event, but the browser gives its lock away. */
function watch(begun: Running, life: string, ended: () => void): void {
	begun.isLoaded = true;
	const { locks } = globalThis.navigator as { readonly locks?: TabLocks };
	locks?.request(life, { signal: new AbortController().signal }, ended).catch(ended);
}
