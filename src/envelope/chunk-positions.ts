import { unopenableError } from './unopenable-error.ts';

/** Plaintext bytes of every chunk except the last, which has fewer. FORMAT.md section 8. */
export const CHUNK_LENGTH = 16_384;

export const SALT_LENGTH = 24;

/** Salt and commitment, the start of a message. */
export const PREFIX_LENGTH = SALT_LENGTH + 32;

export const TAG_LENGTH = 16;

/** Bytes of a full chunk with its tag. A shorter chunk is the last one of its message. */
export const SEALED_CHUNK_LENGTH = CHUNK_LENGTH + TAG_LENGTH;

/** 4 PiB of plaintext, the limit of the specification. */
export const MAX_CHUNKS = 2 ** 38;

/** Derived from the length of a message alone: it is true only if the last chunk opens. */
export interface MessageLayout {
	/** 1 or more. */
	readonly chunks: number;
	/** In bytes. */
	readonly plaintextLength: number;
}

/** Throws CIPHERTEXT_INVALID for a length in bytes that no message has: it ends inside a tag, or the last chunk is missing. */
export function layoutOf(messageLength: number): MessageLayout {
	const body = messageLength - PREFIX_LENGTH;
	const full = Math.floor(body / SEALED_CHUNK_LENGTH);
	const last = body - full * SEALED_CHUNK_LENGTH;
	if (full < 0 || full >= MAX_CHUNKS || last < TAG_LENGTH) throw unopenableError();
	return { chunks: full + 1, plaintextLength: body - (full + 1) * TAG_LENGTH };
}

/** Length of the message, in bytes. Throws RangeError for a plaintext of 4 PiB or more. */
export function messageLengthOf(plaintextLength: number): number {
	const full = chunkAt(plaintextLength);
	if (full >= MAX_CHUNKS) throw new RangeError('A message holds less than 4 PiB.');
	return PREFIX_LENGTH + plaintextLength + (full + 1) * TAG_LENGTH;
}

/** Index of the chunk that holds the plaintext byte at `offset`. */
export function chunkAt(offset: number): number {
	return Math.floor(offset / CHUNK_LENGTH);
}

/** Offset, in the message, of the chunk at `index`. */
export function chunkStart(index: number): number {
	return PREFIX_LENGTH + index * SEALED_CHUNK_LENGTH;
}
