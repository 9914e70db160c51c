import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { FirmsealError } from '../errors.ts';
import type { HashStep, HashTask } from './hash-thread.ts';

/**
 * SHA-256 (FIPS 180-4) of what may be long. It takes longer than to seal the same bytes, so that all but what is short is hashed in a thread
 * beside, one for the whole process.
 */
export interface LongHash {
	/** Good to be used again once this answers, which waits while two buffers are full. @throws FirmsealError INTERNAL, when the thread is gone. */
	update(bytes: Uint8Array): Promise<void>;
	/** 32 bytes, once. @throws FirmsealError INTERNAL, when the thread is gone. */
	digest(): Promise<Uint8Array>;
	/** Lets go of it, before its end or after. */
	close(): void;
}

/** Bytes of each buffer: what isn't longer is hashed at once. */
const BUFFER = 512 * 1024;

/** What else becomes of a buffer, while it is hashed. */
type Sink = (bytes: Uint8Array) => Promise<void>;

export function createLongHash(sink: Sink = async () => {}): LongHash {
	const buffers = [newBuffer(), newBuffer()] as const;
	let which: 0 | 1 = 0;
	let filled = 0;
	let aside: Aside | null = null;
	let other: Promise<readonly unknown[]> = Promise.resolve([]);

	async function flush(isLast: boolean): Promise<void> {
		const bytes = buffers[which].subarray(0, filled);
		aside ??= hashAside(buffers);
		await other;
		other = Promise.all([aside.ask({ which, length: filled, isLast }), sink(bytes)]);
		// Whoever comes next is told.
		other.catch(() => {});
		[which, filled] = [which === 0 ? 1 : 0, 0];
	}

	return {
		async update(bytes) {
			for (let start = 0; start < bytes.length; ) {
				if (filled === BUFFER) await flush(false);
				const part = bytes.subarray(start, start + BUFFER - filled);
				buffers[which].set(part, filled);
				filled += part.length;
				start += part.length;
			}
		},
		async digest() {
			if (aside) {
				await flush(true);
				return (await other)[0] as Uint8Array;
			}
			const bytes = buffers[which].subarray(0, filled);
			await sink(bytes);
			return createHash('sha256').update(bytes).digest();
		},
		close: () => aside?.close(),
	};
}

const newBuffer = () => new Uint8Array(new SharedArrayBuffer(BUFFER));

interface Aside {
	/** One at a time. */
	ask(step: HashStep): Promise<unknown>;
	close(): void;
}

let thread: Worker | null = null;

function hashAside(buffers: HashTask['buffers']): Aside {
	const { port1: port, port2 } = new MessageChannel();
	const task: HashTask = { port: port2, buffers };
	threadAtHand().postMessage(task, [port2]);
	return askBy(port);
}

function threadAtHand(): Worker {
	if (thread) return thread;
	const started = new Worker(new URL(`hash-thread${extname(import.meta.url)}`, import.meta.url), { execArgv: [] });
	// A thread that fails ends, and its ports with it.
	started.on('error', () => {});
	started.once('exit', () => {
		if (thread === started) thread = null;
	});
	started.unref();
	thread = started;
	return started;
}

function askBy(port: MessagePort): Aside {
	let waiting: PromiseWithResolvers<unknown> | null = null;
	let isClosed = false;
	port.on('message', (answer) => waiting?.resolve(answer));
	port.on('close', () => {
		isClosed = true;
		waiting?.reject(gone());
	});
	return {
		async ask(step) {
			if (isClosed) throw gone();
			waiting = Promise.withResolvers();
			port.postMessage(step);
			return waiting.promise;
		},
		close: () => port.close(),
	};
}

const gone = () => new FirmsealError('INTERNAL', 'The thread that hashes files has ended.');
