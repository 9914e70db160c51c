import { openChunk, sealChunk } from './chunk.ts';
import { type ChunkedKey, deriveChunkKeys, openChunkKeys } from './chunk-keys.ts';
import { CHUNK_LENGTH, chunkStart, layoutOf, messageLengthOf, PREFIX_LENGTH, SALT_LENGTH } from './chunk-positions.ts';
import { assertBytes } from './concat.ts';

export interface ChunkedToEncrypt {
	/** 32 bytes from a random source or a key derivation, raw or from deriveDocumentKey(). */
	readonly key: ChunkedKey;
	/** 24 bytes, random by default. Only for test vectors: anyone can read and forge messages if a salt is used twice under one key. */
	readonly salt?: Uint8Array;
	/** Binds the message to what it belongs to; may be empty. The message does not contain it. */
	readonly context: Uint8Array;
	readonly plaintext: Uint8Array;
}

export interface ChunkedToDecrypt {
	readonly key: ChunkedKey;
	/** The context of the encryption. */
	readonly context: Uint8Array;
	readonly ciphertext: Uint8Array;
}

/**
 * A message of C2SP chunked encryption, instance Cobblestone-256, by WebCrypto. FORMAT.md section 8. The message is longer than the
 * plaintext by 56 bytes, and 16 for each chunk. Throws RangeError if the key or salt has another length or form, or an argument is not a
 * Uint8Array. The caller must not change the arguments before the promise resolves.
 */
export async function encryptChunked(given: ChunkedToEncrypt): Promise<Uint8Array> {
	const { key, context, plaintext, salt = crypto.getRandomValues(new Uint8Array(SALT_LENGTH)) } = given;
	assertBytes(plaintext);
	const message = new Uint8Array(messageLengthOf(plaintext.length));
	const keys = await deriveChunkKeys(key, salt, context);
	message.set(keys.prefix);
	// Includes a start at the very end: after full chunks, the last chunk is empty.
	for (let index = 0, start = 0; start <= plaintext.length; index++, start += CHUNK_LENGTH) {
		const sealed = await sealChunk(keys, index, plaintext.subarray(start, start + CHUNK_LENGTH));
		message.set(sealed, chunkStart(index));
	}
	return message;
}

/**
 * The whole plaintext, or nothing. Throws CIPHERTEXT_INVALID, always with the same message, if the message was changed, cut or extended,
 * or made under another key or context. Throws RangeError if the key has another length or form, or an argument is not a Uint8Array. The
 * caller must not change the arguments before the promise resolves.
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
