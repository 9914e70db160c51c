import type { Clock } from '../clock/index.ts';
import type { FileOpener } from '../content/index.ts';
import { type FileLayout, layoutOfObject, OBJECT_START, planRange } from './file-ranges.ts';
import type { ByteRange } from './object-store.ts';
import { openRange, type ReleaseGate } from './open-range.ts';

/** An object that is said to be a file. */
export interface StoredFile {
	/** Bytes of the object, as the store says; 0 when there is none. */
	readonly objectSize: number;
	/** Bytes that the file is said to have. */
	readonly byteSize: number;
	/** The bytes of a range of the object. */
	readonly read: (range: ByteRange) => AsyncIterable<Uint8Array>;
	/** Content.openFile() with what the object begins with; null: denied. */
	readonly open: (start: Uint8Array) => Promise<FileOpener | null>;
	/** Passed each time before content is opened: a lease's. */
	readonly gate?: ReleaseGate;
	readonly clock: Clock;
}

/** A file whose last chunk is verified, and with it its length. */
export interface OpenedFile {
	/** Bytes. */
	readonly size: number;
	/**
	 * The plaintext of a range, verified, in pieces of which each is valid until the next is asked for: a caller that hands them to what keeps
	 * them, such as a stream, waits or copies. Throws RangeError for a range that is not within the file.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE, LEASE_NOT_ACTIVE; what the store throws.
	 */
	read(range: ByteRange): AsyncIterable<Uint8Array>;
}

/**
 * Reads the start and the last chunk of an object, and opens it if it is one: of this file, whole, and as long as it is said to be.
 * null: the request may not see it.
 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE, LEASE_NOT_ACTIVE; what the store throws.
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
			// A copy: it may be asked for again.
			yield lastChunk.slice(plan.ofLast.start, plan.ofLast.end);
		},
	};
}

/** What the object begins with, and its last chunk: in one go where there is no other. */
async function readEnds(read: StoredFile['read'], objectSize: number, layout: FileLayout | null) {
	if (layout?.chunks === 1) {
		const whole = await gather(read, { start: 0, end: objectSize });
		return [whole.subarray(0, OBJECT_START.end), whole.subarray(OBJECT_START.end)] as const;
	}
	const start = { start: 0, end: Math.min(objectSize, OBJECT_START.end) };
	return Promise.all([gather(read, start), layout ? gather(read, layout.last) : NOTHING]);
}

const NOTHING = new Uint8Array();

/** The bytes of a range in one buffer; of a store that gives more of them, or fewer, something that does not open. */
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
