import { openChunk, sealChunk } from './chunk.ts';
import { type ChunkedKey, deriveChunkKeys, openChunkKeys } from './chunk-keys.ts';
import { CHUNK_LENGTH, chunkStart, layoutOf, messageLengthOf, PREFIX_LENGTH, SALT_LENGTH } from './chunk-positions.ts';
import { assertBytes } from './concat.ts';

export interface ChunkedToEncrypt {
	/** 32 bytes of a random source or a key derivation, raw or as deriveDocumentKey() makes it. */
	readonly key: ChunkedKey;
	/** 24 bytes, random when not given. Only for test vectors: a salt used twice under one key reveals and forges messages. */
	readonly salt?: Uint8Array;
	/** What the message belongs to; may be empty. It is not part of the message. */
	readonly context: Uint8Array;
	readonly plaintext: Uint8Array;
}

export interface ChunkedToDecrypt {
	readonly key: ChunkedKey;
	/** As at encryption. */
	readonly context: Uint8Array;
	readonly ciphertext: Uint8Array;
}

/**
 * A message of C2SP chunked encryption, instance Cobblestone-256, over WebCrypto: 56 bytes longer than the plaintext and
 * 16 for each 16 KiB begun. FORMAT.md section 8. Throws RangeError for what can be no key or salt, or is no Uint8Array. What
 * is given must not be changed until it resolves.
 */
export async function encryptChunked(given: ChunkedToEncrypt): Promise<Uint8Array> {
	const { key, context, plaintext, salt = crypto.getRandomValues(new Uint8Array(SALT_LENGTH)) } = given;
	assertBytes(plaintext);
	const message = new Uint8Array(messageLengthOf(plaintext.length));
	const keys = await deriveChunkKeys(key, salt, context);
	message.set(keys.prefix);
	// A start at the very end is one more chunk, an empty one: the last is never full.
	for (let index = 0, start = 0; start <= plaintext.length; index++, start += CHUNK_LENGTH) {
		const sealed = await sealChunk(keys, index, plaintext.subarray(start, start + CHUNK_LENGTH));
		message.set(sealed, chunkStart(index));
	}
	return message;
}

/**
 * The whole plaintext, or nothing. Throws CIPHERTEXT_INVALID, always with the same message, for a message that was
 * changed, cut or made longer, or that was made under another key or context, and RangeError for what can be no key, or is no Uint8Array. What is
 * given must not be changed until it resolves.
 */
export async function decryptChunked({ key, context, ciphertext }: ChunkedToDecrypt): Promise<Uint8Array> {
	assertBytes(ciphertext);
	const keys = await openChunkKeys(key, ciphertext.subarray(0, PREFIX_LENGTH), context);
	const { chunks, plaintextLength } = layoutOf(ciphertext.length);
	const plaintext = new Uint8Array(plaintextLength);
	for (let index = 0; index < chunks; index++) {
		const opened = await openChunk(keys, index, ciphertext.subarray(chunkStart(index), chunkStart(index + 1)));
		plaintext.set(opened, index * CHUNK_LENGTH);
	}
	return plaintext;
}
