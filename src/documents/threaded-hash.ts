import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { FirmsealError } from '../errors.ts';
import type { HashStep, HashTask } from './hash-thread.ts';

/**
 * SHA-256 (FIPS 180-4) of a byte stream. Hashing takes longer than sealing the same bytes, so everything over 512 KiB is hashed in a separate
 * thread, one for the process.
 */
export interface ThreadedHash {
	/** Copies the bytes. Waits while all buffers are full. @throws FirmsealError INTERNAL if the thread has ended. */
	update(bytes: Uint8Array): Promise<void>;
	/** 32 bytes. May be called once. @throws FirmsealError INTERNAL if the thread has ended. */
	digest(): Promise<Uint8Array>;
	/** Frees the resources. May be called before digest(). */
	close(): void;
}

/** Bytes of a buffer. Content that fits into one is hashed without the thread. */
const BUFFER = 512 * 1024;
/** Buffers of one hash, to be filled while the thread or the disk is late. */
const BUFFERS = 4;

/** Receives each buffer while it is hashed. */
type Sink = (bytes: Uint8Array) => Promise<void>;

export function createThreadedHash(sink: Sink = async () => {}): ThreadedHash {
	const buffers: Uint8Array[] = [newBuffer()];
	/** By buffer: resolves when it may be filled again. */
	const busy: Promise<unknown>[] = [];
	let which = 0;
	let filled = 0;
	let aside: HashThread | null = null;
	let isClosed = false;
	let sunk = Promise.resolve();

	const filledBytes = () => (buffers[which] as Uint8Array).subarray(0, filled);

	/** Resolves to the thread's answer when the thread and the sink are done with the buffer. */
	function flush(isLast: boolean): Promise<unknown> {
		const bytes = filledBytes();
		if (!aside) {
			while (buffers.length < BUFFERS) buffers.push(newBuffer());
			aside = hashAside(buffers);
		}
		const hashed = aside.ask({ which, length: filled, isLast });
		sunk = sunk.then(() => sink(bytes));
		const done = Promise.all([hashed, sunk]).then(([answer]) => answer);
		// The next call that awaits this buffer throws the error.
		done.catch(() => {});
		busy[which] = done;
		[which, filled] = [(which + 1) % BUFFERS, 0];
		return done;
	}

	return {
		async update(bytes) {
			for (let start = 0; start < bytes.length; ) {
				if (filled === BUFFER) {
					if (isClosed) throw hashThreadEndedError();
					void flush(false);
					await busy[which];
				}
				const part = bytes.subarray(start, start + BUFFER - filled);
				buffers[which]?.set(part, filled);
				filled += part.length;
				start += part.length;
			}
		},
		async digest() {
			if (aside) return (await flush(true)) as Uint8Array;
			const bytes = filledBytes();
			await sink(bytes);
			return createHash('sha256').update(bytes).digest();
		},
		close() {
			isClosed = true;
			aside?.close();
		},
	};
}

const newBuffer = () => new Uint8Array(new SharedArrayBuffer(BUFFER));

interface HashThread {
	/** Answers arrive in the order of the calls. */
	ask(step: HashStep): Promise<unknown>;
	close(): void;
}

let thread: Worker | null = null;

function hashAside(buffers: HashTask['buffers']): HashThread {
	const { port1: port, port2 } = new MessageChannel();
	const task: HashTask = { port: port2, buffers };
	hashThread().postMessage(task, [port2]);
	return askBy(port);
}

function hashThread(): Worker {
	if (thread) return thread;
	const started = new Worker(new URL(`hash-thread${extname(import.meta.url)}`, import.meta.url), { execArgv: [] });
	// A thread that fails also exits, which closes its ports.
	started.on('error', () => {});
	started.once('exit', () => {
		if (thread === started) thread = null;
	});
	started.unref();
	thread = started;
	return started;
}

function askBy(port: MessagePort): HashThread {
	const waiting: PromiseWithResolvers<unknown>[] = [];
	let isClosed = false;
	port.on('message', (answer) => waiting.shift()?.resolve(answer));
	port.on('close', () => {
		isClosed = true;
		for (const one of waiting.splice(0)) one.reject(hashThreadEndedError());
	});
	return {
		async ask(step) {
			if (isClosed) throw hashThreadEndedError();
			const one = Promise.withResolvers<unknown>();
			waiting.push(one);
			port.postMessage(step);
			return one.promise;
		},
		close: () => port.close(),
	};
}

const hashThreadEndedError = () => new FirmsealError('INTERNAL', 'The thread that hashes files has ended.');
