import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { FirmsealError } from '../errors.ts';
import type { HashStep, HashTask } from './hash-thread.ts';

/**
 * SHA-256 (FIPS 180-4) of what may be long. It takes longer than to seal the same bytes, so that all but what is short is hashed in a thread
 * beside, one for the whole process.
 */
export interface ThreadedHash {
	/** Good to be used again once this answers, which waits while every buffer is full. @throws FirmsealError INTERNAL, when the thread is gone. */
	update(bytes: Uint8Array): Promise<void>;
	/** 32 bytes, once. @throws FirmsealError INTERNAL, when the thread is gone. */
	digest(): Promise<Uint8Array>;
	/** Lets go of it, before its end or after. */
	close(): void;
}

/** Bytes of each buffer: what isn't longer is hashed at once. */
const BUFFER = 512 * 1024;
/** Buffers of one hash: while a thread or the disk is late, the others are filled. */
const BUFFERS = 4;

/** What else becomes of a buffer, while it is hashed. */
type Sink = (bytes: Uint8Array) => Promise<void>;

export function createThreadedHash(sink: Sink = async () => {}): ThreadedHash {
	const buffers: Uint8Array[] = [newBuffer()];
	/** What each waits for before it may be filled again. */
	const busy: Promise<unknown>[] = [];
	let which = 0;
	let filled = 0;
	let aside: HashThread | null = null;
	let isLetGo = false;
	let sunk = Promise.resolve();

	const filledBytes = () => (buffers[which] as Uint8Array).subarray(0, filled);

	/** Answers what the thread does, once it and the sink are done with the buffer. */
	function flush(isLast: boolean): Promise<unknown> {
		const bytes = filledBytes();
		if (!aside) {
			while (buffers.length < BUFFERS) buffers.push(newBuffer());
			aside = hashAside(buffers);
		}
		const hashed = aside.ask({ which, length: filled, isLast });
		sunk = sunk.then(() => sink(bytes));
		const done = Promise.all([hashed, sunk]).then(([answer]) => answer);
		// Who waits for the buffer hears of it.
		done.catch(() => {});
		busy[which] = done;
		[which, filled] = [(which + 1) % BUFFERS, 0];
		return done;
	}

	return {
		async update(bytes) {
			for (let start = 0; start < bytes.length; ) {
				if (filled === BUFFER) {
					if (isLetGo) throw hashThreadEndedError();
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
			isLetGo = true;
			aside?.close();
		},
	};
}

const newBuffer = () => new Uint8Array(new SharedArrayBuffer(BUFFER));

interface HashThread {
	/** Answered in the order of asking. */
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
	// A thread that fails ends, and its ports with it.
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
