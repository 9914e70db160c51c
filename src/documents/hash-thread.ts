import { createHash } from 'node:crypto';
import { type MessagePort, parentPort } from 'node:worker_threads';

/** One SHA-256: what is hashed of it lies in one of a few buffers, which both threads see. */
export interface HashTask {
	readonly port: MessagePort;
	readonly buffers: readonly Uint8Array[];
}

/** What comes by the port of a task. It is answered once the buffer may be filled again: the last by the hash. */
export interface HashStep {
	readonly which: number;
	/** Bytes. */
	readonly length: number;
	readonly isLast: boolean;
}

/** The thread of threaded-hash.ts. What a task has come to goes with its port. */
parentPort?.on('message', ({ port, buffers }: HashTask) => {
	const hash = createHash('sha256');
	port.on('message', ({ which, length, isLast }: HashStep) => {
		hash.update((buffers[which] as Uint8Array).subarray(0, length));
		port.postMessage(isLast ? hash.digest() : null);
	});
});
