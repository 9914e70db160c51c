import type { Clock } from '../clock/index.ts';
import type { FileOpener } from '../content/index.ts';
import { type FileLayout, layoutOfObject, OBJECT_START, planRange } from './file-ranges.ts';
import type { ByteRange } from './object-store.ts';
import { openRange, type ReleaseGate } from './open-range.ts';

/** An object that is not verified yet. */
export interface StoredFile {
	/** Bytes of the object according to the store; 0 if there is none. */
	readonly objectSize: number;
	/** Bytes of the file according to its row. */
	readonly byteSize: number;
	/** Reads a range of the object. */
	readonly read: (range: ByteRange) => AsyncIterable<Uint8Array>;
	/** Calls Content.openFile() with the first bytes of the object; null if access is denied. */
	readonly open: (start: Uint8Array) => Promise<FileOpener | null>;
	/** Awaited each time before content is opened. */
	readonly gate?: ReleaseGate;
	readonly clock: Clock;
}

/** A file whose last chunk, and therefore length, is verified. */
export interface OpenedFile {
	/** Bytes. */
	readonly size: number;
	/**
	 * The verified plaintext of a range. Each piece is valid until the next is requested, so a caller that passes pieces to a stream must wait
	 * until they are written, or copy them. Throws RangeError for a range that is not within the file.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE, LEASE_NOT_ACTIVE; errors of the store.
	 */
	read(range: ByteRange): AsyncIterable<Uint8Array>;
}

/**
 * Reads the start and the last chunk of an object and verifies that it is this file, complete, and of the length in its row. null if access
 * is denied.
 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE, LEASE_NOT_ACTIVE; errors of the store.
 */
export async function openStored(stored: StoredFile): Promise<OpenedFile | null> {
	const { read, objectSize, gate = async () => {}, clock } = stored;
	const layout = layoutOfObject(objectSize);
	const [start, last] = await readEnds(read, objectSize, layout);
	await gate();
	const opener = await stored.open(start);
	if (!opener) return null;
	if (!layout) throw opener.recordFailure();
	await gate();
	const lastChunk = opener.open(new Uint8Array(last.length), layout.chunks - 1, last);
	if (layout.size !== stored.byteSize) throw opener.recordFailure();
	return {
		size: layout.size,
		async *read(range) {
			const plan = planRange(layout, range);
			if (plan.object) yield* openRange(opener, plan, read(plan.object), gate, clock);
			if (plan.ofLast.start === plan.ofLast.end) return;
			await gate();
			await opener.confirmKey();
			// A copy, because the chunk may be requested again.
			yield lastChunk.slice(plan.ofLast.start, plan.ofLast.end);
		},
	};
}

/** The start of the object and its last chunk, in one read if there is only one chunk. */
async function readEnds(read: StoredFile['read'], objectSize: number, layout: FileLayout | null) {
	if (layout?.chunks === 1) {
		const whole = await gather(read, { start: 0, end: objectSize });
		return [whole.subarray(0, OBJECT_START.end), whole.subarray(OBJECT_START.end)] as const;
	}
	const start = { start: 0, end: Math.min(objectSize, OBJECT_START.end) };
	return Promise.all([gather(read, start), layout ? gather(read, layout.last) : NOTHING]);
}

const NOTHING = new Uint8Array();

/** The bytes of a range in one buffer. If the store sends more or fewer bytes, the result does not open. */
async function gather(read: StoredFile['read'], range: ByteRange): Promise<Uint8Array> {
	const gathered = new Uint8Array(range.end - range.start);
	if (gathered.length === 0) return gathered;
	let length = 0;
	for await (const piece of read(range)) {
		if (piece.length > gathered.length - length) return NOTHING;
		gathered.set(piece, length);
		length += piece.length;
	}
	return gathered.subarray(0, length);
}
