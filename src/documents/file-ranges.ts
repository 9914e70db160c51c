import {
	CHUNK_LENGTH,
	chunkAt,
	chunkStart,
	DOCUMENT_HEADER_LENGTH,
	layoutOf,
	PREFIX_LENGTH,
} from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ByteRange } from './object-store.ts';

/** Header, salt and commitment: what an object begins with. */
export const OBJECT_START: ByteRange = { start: 0, end: DOCUMENT_HEADER_LENGTH + PREFIX_LENGTH };

/** How an object is laid out, by its length alone: true only if its last chunk opens. FORMAT.md section 8. */
export interface FileLayout {
	/** 1 or more. */
	readonly chunks: number;
	/** Bytes of the file. */
	readonly size: number;
	/** The last chunk, in the object. */
	readonly last: ByteRange;
}

/** What has to be read for a range of a file. */
export interface RangePlan {
	/** Whole chunks before the last one, in the object; null: none. */
	readonly object: ByteRange | null;
	/** Index of the first of them. */
	readonly firstChunk: number;
	/** Bytes of the range that are in them, which begin after `skip` bytes of their plaintext. */
	readonly skip: number;
	readonly length: number;
	/** What the range has of the plaintext of the last chunk. */
	readonly ofLast: ByteRange;
}

/** null: no object has so many bytes, because it was cut or it has more than it had. */
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
 * What a range of the file needs: whole chunks, and the last one apart, which is verified before anything is said of the length and so is
 * at hand. Throws RangeError for a range that is not within the file.
 */
export function planRange({ chunks, size }: FileLayout, { start, end }: ByteRange): RangePlan {
	const isRange = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= size;
	if (!isRange) throw new RangeError('A range of a file lies within it.');
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
