import {
	CHUNK_LENGTH,
	chunkAt,
	chunkStart,
	DOCUMENT_HEADER_LENGTH,
	layoutOf,
	messageLengthOf,
	PREFIX_LENGTH,
} from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ByteRange } from './object-store.ts';

/** Header, salt and commitment, at the start of every object. */
export const OBJECT_START: ByteRange = { start: 0, end: DOCUMENT_HEADER_LENGTH + PREFIX_LENGTH };

/** Bytes of the object for a file of `fileSize` bytes. FORMAT.md section 8. */
export const objectSizeOf = (fileSize: number): number => DOCUMENT_HEADER_LENGTH + messageLengthOf(fileSize);

/** The layout of an object, derived from its length alone. It is reliable only once the last chunk opens. FORMAT.md section 8. */
export interface FileLayout {
	/** At least 1. */
	readonly chunks: number;
	/** Bytes of the file. */
	readonly size: number;
	/** Position of the last chunk in the object. */
	readonly last: ByteRange;
}

/** What to read for a range of a file. */
export interface RangePlan {
	/** Position in the object of the chunks to read, except the last chunk; null if there are none. */
	readonly object: ByteRange | null;
	/** Index of the first of these chunks. */
	readonly firstChunk: number;
	/** Bytes of their plaintext before the range begins. */
	readonly skip: number;
	/** Bytes of the range in these chunks. */
	readonly length: number;
	/** The part of the range in the plaintext of the last chunk. */
	readonly ofLast: ByteRange;
}

/** null if no object has this length: it was truncated or extended. */
export function layoutOfObject(bytes: number): FileLayout | null {
	try {
		const { chunks, plaintextLength: size } = layoutOf(bytes - DOCUMENT_HEADER_LENGTH);
		return { chunks, size, last: { start: objectOffset(chunks - 1), end: bytes } };
	} catch (error) {
		if (error instanceof FirmsealError) return null;
		throw error;
	}
}

/**
 * Plans the read of a range. The last chunk is separate, because it has already been opened to verify the length. Throws RangeError for a
 * range that is not within the file.
 */
export function planRange({ chunks, size }: FileLayout, { start, end }: ByteRange): RangePlan {
	const isRange = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= size;
	if (!isRange) throw new RangeError('The range is not within the file.');
	const lastStart = (chunks - 1) * CHUNK_LENGTH;
	const headEnd = Math.min(end, lastStart);
	const ofLast = { start: Math.max(start, lastStart) - lastStart, end: Math.max(end, lastStart) - lastStart };
	if (start >= headEnd) return { object: null, firstChunk: chunks - 1, skip: 0, length: 0, ofLast };
	const firstChunk = chunkAt(start);
	return {
		object: { start: objectOffset(firstChunk), end: objectOffset(chunkAt(headEnd - 1) + 1) },
		firstChunk,
		skip: start - firstChunk * CHUNK_LENGTH,
		length: headEnd - start,
		ofLast,
	};
}

const objectOffset = (chunk: number): number => DOCUMENT_HEADER_LENGTH + chunkStart(chunk);
