import { chunkNonce } from './chunk.ts';
import type { ChunkAead } from './chunk-aead.ts';
import { chunkKeysInfo, EXPANDED_LENGTH, equalInConstantTime, splitExpanded } from './chunk-keys.ts';
import { CHUNK_LENGTH, PREFIX_LENGTH, SALT_LENGTH, SEALED_CHUNK_LENGTH, TAG_LENGTH } from './chunk-positions.ts';
import { hkdfExpandBy } from './hkdf-expand.ts';
import { unopenableError } from './unopenable-error.ts';

/**
 * Seals and opens the chunks of one message, several a call, into a buffer of the caller's, which must be elsewhere and large enough
 * (else RangeError) and of which a view is answered. FORMAT.md section 8. What is given may come in stretches, each of whole chunks, so
 * that no one has to join them.
 */
export interface ChunkCipher {
	/** salt || commitment, 56 bytes: what the message begins with. */
	readonly prefix: Uint8Array;
	/**
	 * Full chunks, of which the first has the index `first`; each index is sealed once. Throws RangeError for a stretch that is not of
	 * 16,384 bytes or a multiple, and for an index that is not below 2^38.
	 */
	sealFull(target: Uint8Array, first: number, ...stretches: readonly Uint8Array[]): Uint8Array;
	/** The last chunk, which is shorter. Throws RangeError for one that isn't, and for an index that is not below 2^38. */
	sealLast(target: Uint8Array, index: number, plaintext: Uint8Array): Uint8Array;
	/**
	 * The plaintext of whole chunks, of which the first has the index `first` and the last may be shorter: whether that one has the
	 * message's last place is for the caller to see. Throws CIPHERTEXT_INVALID, and leaves nothing of any chunk in `target`, for one that
	 * was not sealed at its index of this message, and for none; RangeError for an index that is not below 2^38.
	 */
	open(target: Uint8Array, first: number, ...stretches: readonly Uint8Array[]): Uint8Array;
}

/** For a new message under a fresh salt. `key` is the 32-byte key of many messages. */
export function createChunkCipher<Key>(aead: ChunkAead<Key>, key: Key, context: Uint8Array): ChunkCipher {
	return deriveChunkCipher(aead, key, aead.generateSalt(), context);
}

/**
 * For the message that begins with `prefix`, and only if its commitment is that of `key` and `context`: no chunk can be tried before.
 * Throws CIPHERTEXT_INVALID when it is not, or when `prefix` is not 56 bytes.
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
	/** Of the chunk that is at hand. */
	const nonce = new Uint8Array(baseNonce.length);

	return {
		prefix,
		sealFull(target, first, ...stretches) {
			if (stretches.some(({ length }) => length % CHUNK_LENGTH !== 0))
				throw new RangeError('A chunk that is not the last holds 16384 bytes.');
			const chunks = cut(stretches, CHUNK_LENGTH);
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
		open(target, first, ...stretches) {
			const chunks = cut(stretches, SEALED_CHUNK_LENGTH);
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

function cut(stretches: readonly Uint8Array[], length: number): Uint8Array[] {
	const chunks: Uint8Array[] = [];
	for (const stretch of stretches) {
		for (let start = 0; start < stretch.length; start += length) chunks.push(stretch.subarray(start, start + length));
	}
	return chunks;
}

const lengthOf = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, { length }) => sum + length, 0);
