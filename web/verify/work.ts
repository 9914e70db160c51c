import { trustWorker } from '../kit/trusted-worker.ts';
import type { FromWorker, ToWorker } from './messages.ts';
// oxlint-disable-next-line import/default -- Vite builds the worker as a file of its own, and gives its address.
import workerUrl from './worker.ts?worker&url';

const startWorker = trustWorker(workerUrl);

type Answer = Exclude<FromWorker, { readonly kind: 'PROGRESS' }>;

let current: { readonly worker: Worker; readonly end: (answer: Answer | null) => void } | null = null;

/** Ends what the worker does, at once: its promise resolves to null. */
export function cancelWork(): void {
	current?.worker.terminate();
	current?.end(null);
	current = null;
}

/** Gives the worker something to do, instead of what it does. Resolves to null if it is cancelled. */
export function work(message: ToWorker, onProgress: (bytes: number) => void): Promise<Answer | null> {
	cancelWork();
	const worker = startWorker();
	return new Promise((resolve) => {
		current = { worker, end: resolve };
		const end = (answer: Answer) => {
			worker.terminate();
			if (current?.worker === worker) current = null;
			resolve(answer);
		};
		worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
			if (data.kind === 'PROGRESS') onProgress(data.bytes);
			else end(data);
		});
		worker.addEventListener('error', () => end({ kind: 'FAILED', name: 'worker' }));
		worker.addEventListener('messageerror', () => end({ kind: 'FAILED', name: 'message' }));
		worker.postMessage(message);
	});
}
