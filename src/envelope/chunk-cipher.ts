import { chunkNonce } from './chunk.ts';
import type { ChunkAead } from './chunk-aead.ts';
import { chunkKeysInfo, EXPANDED_LENGTH, equalInConstantTime, splitExpanded } from './chunk-keys.ts';
import { CHUNK_LENGTH, PREFIX_LENGTH, SALT_LENGTH, SEALED_CHUNK_LENGTH, TAG_LENGTH } from './chunk-positions.ts';
import { hkdfExpandBy } from './hkdf-expand.ts';
import { unopenableError } from './unopenable-error.ts';

/**
 * Seals and opens chunks of one message, several per call. FORMAT.md section 8. Each method writes into `target` and returns a view of
 * it. `target` must not overlap the input and must be large enough (otherwise RangeError). The input may come in several pieces, each of
 * whole chunks, so that the caller need not join them.
 */
export interface ChunkCipher {
	/** salt || commitment, 56 bytes: the start of the message. */
	readonly prefix: Uint8Array;
	/**
	 * Seals full chunks, the first at index `first`. The caller must seal each index once. Throws RangeError for a piece whose length is not
	 * a multiple of 16,384 bytes, and for an index of 2^38 or more.
	 */
	sealFull(target: Uint8Array, first: number, ...pieces: readonly Uint8Array[]): Uint8Array;
	/** Seals the last chunk. Throws RangeError for a chunk of 16,384 bytes or more, and for an index of 2^38 or more. */
	sealLast(target: Uint8Array, index: number, plaintext: Uint8Array): Uint8Array;
	/**
	 * Opens whole chunks, the first at index `first`; the last one may be shorter. The caller must check that a shorter chunk is the last of
	 * the message. Throws CIPHERTEXT_INVALID, and leaves no plaintext in `target`, if a chunk was not sealed at its index of this message, or
	 * if there is no chunk. Throws RangeError for an index of 2^38 or more.
	 */
	open(target: Uint8Array, first: number, ...pieces: readonly Uint8Array[]): Uint8Array;
}

/** For a new message under a fresh salt. `key` is the 32-byte key that many messages share. */
export function createChunkCipher<Key>(aead: ChunkAead<Key>, key: Key, context: Uint8Array): ChunkCipher {
	return deriveChunkCipher(aead, key, aead.generateSalt(), context);
}

/**
 * For the message that begins with `prefix`. Checks the commitment to `key` and `context` first, so that no chunk can be opened before.
 * Throws CIPHERTEXT_INVALID if the commitment is wrong or `prefix` is not 56 bytes.
 */
export function openChunkCipher<Key>(
	aead: ChunkAead<Key>,
	key: Key,
	prefix: Uint8Array,
	context: Uint8Array,
): ChunkCipher {
	if (prefix.length !== PREFIX_LENGTH) throw unopenableError();
	const cipher = deriveChunkCipher(aead, key, prefix.subarray(0, SALT_LENGTH), context);
	if (!equalInConstantTime(cipher.prefix, prefix)) throw unopenableError();
	return cipher;
}

function deriveChunkCipher<Key>(aead: ChunkAead<Key>, key: Key, salt: Uint8Array, context: Uint8Array): ChunkCipher {
	const mac = (input: Uint8Array) => aead.authenticate(key, input);
	const expanded = hkdfExpandBy(mac, chunkKeysInfo(salt, context), EXPANDED_LENGTH);
	const { raw, prefix, baseNonce } = splitExpanded(expanded, salt);
	const chunkKey = importAndOverwrite(aead, raw);
	/** The nonce of the current chunk. */
	const nonce = new Uint8Array(baseNonce.length);

	return {
		prefix,
		sealFull(target, first, ...pieces) {
			if (pieces.some(({ length }) => length % CHUNK_LENGTH !== 0))
				throw new RangeError('A chunk that is not the last holds 16384 bytes.');
			const chunks = cut(pieces, CHUNK_LENGTH);
			const sealed = startOf(target, chunks.length * SEALED_CHUNK_LENGTH);
			for (const [n, chunk] of chunks.entries()) {
				aead.sealInto(
					sealed.subarray(n * SEALED_CHUNK_LENGTH),
					chunkKey,
					chunkNonce(baseNonce, first + n, nonce),
					chunk,
				);
			}
			return sealed;
		},
		sealLast(target, index, plaintext) {
			if (plaintext.length >= CHUNK_LENGTH) throw new RangeError('The last chunk holds fewer than 16384 bytes.');
			const sealed = startOf(target, plaintext.length + TAG_LENGTH);
			aead.sealInto(sealed, chunkKey, chunkNonce(baseNonce, index, nonce), plaintext);
			return sealed;
		},
		open(target, first, ...pieces) {
			const chunks = cut(pieces, SEALED_CHUNK_LENGTH);
			if (chunks.length === 0 || chunks.some(({ length }) => length < TAG_LENGTH)) throw unopenableError();
			const opened = startOf(target, lengthOf(chunks) - chunks.length * TAG_LENGTH);
			let offset = 0;
			for (const [n, chunk] of chunks.entries()) {
				if (!aead.openInto(opened.subarray(offset), chunkKey, chunkNonce(baseNonce, first + n, nonce), chunk)) {
					opened.fill(0, 0, offset);
					throw unopenableError();
				}
				offset += chunk.length - TAG_LENGTH;
			}
			return opened;
		},
	};
}

function startOf(target: Uint8Array, length: number): Uint8Array {
	if (target.length < length) throw new RangeError('The buffer for chunks is too small.');
	return target.subarray(0, length);
}

function importAndOverwrite<Key>(aead: ChunkAead<Key>, raw: Uint8Array): Key {
	try {
		return aead.importKey(raw);
	} finally {
		raw.fill(0);
	}
}

function cut(pieces: readonly Uint8Array[], length: number): Uint8Array[] {
	const chunks: Uint8Array[] = [];
	for (const piece of pieces) {
		for (let start = 0; start < piece.length; start += length) chunks.push(piece.subarray(start, start + length));
	}
	return chunks;
}

const lengthOf = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, { length }) => sum + length, 0);
