import { createHash } from 'node:crypto';
import { type MessagePort, parentPort } from 'node:worker_threads';

/** One SHA-256. Both threads share its buffers. */
export interface HashTask {
	readonly port: MessagePort;
	readonly buffers: readonly Uint8Array[];
}

/** A message on the port of a task. The answer means that the buffer can be reused; the answer to the last message is the hash. */
export interface HashStep {
	/** Index of the buffer. */
	readonly which: number;
	/** Bytes. */
	readonly length: number;
	readonly isLast: boolean;
}

// The thread of threaded-hash.ts. Closing a task's port frees its hash.
parentPort?.on('message', ({ port, buffers }: HashTask) => {
	const hash = createHash('sha256');
	port.on('message', ({ which, length, isLast }: HashStep) => {
		hash.update((buffers[which] as Uint8Array).subarray(0, length));
		port.postMessage(isLast ? hash.digest() : null);
	});
});
