import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { Aead, ChunkAead } from '../../envelope/index.ts';
import { ALGORITHM, KEY_LENGTH, NONCE_LENGTH, OPTIONS, TAG_LENGTH } from './aes-gcm.ts';
import { freeBuffer } from './free-buffer.ts';
import { nodeChunkAead } from './node-chunk-aead.ts';
import { createNoncePool } from './nonce-pool.ts';

/**
 * AES-256-GCM over node:crypto, for fields and for chunks of files. Keys are KeyObjects: as a Buffer, the key alone costs more than everything else.
 * importKey throws RangeError for a key that is not 32 bytes.
 */
export function createNodeAead(): Aead<KeyObject> & ChunkAead<KeyObject> {
	// Written anew for each message, and copied by node:crypto.
	const nonceOfMessage = new Uint8Array(NONCE_LENGTH);
	const tagOfMessage = new Uint8Array(TAG_LENGTH);
	return {
		...nodeChunkAead,
		importKey(raw) {
			if (raw.length !== KEY_LENGTH) throw new RangeError('An AES-256 key is 32 bytes.');
			return createSecretKey(raw);
		},
		generateNonce: createNoncePool(),
		seal(key, aad, header, nonce, plaintext) {
			const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS);
			cipher.setAAD(aad);
			const ciphertext = cipher.update(plaintext);
			cipher.final();
			const start = header.length + nonce.length;
			const end = start + ciphertext.length;
			const sealed = new Uint8Array(end + TAG_LENGTH);
			sealed.set(header);
			sealed.set(nonce, header.length);
			sealed.set(ciphertext, start);
			sealed.set(cipher.getAuthTag(), end);
			freeBuffer(ciphertext);
			return sealed;
		},
		open(key, aad, message, start) {
			const from = start + NONCE_LENGTH;
			const end = message.length - TAG_LENGTH;
			if (end < from) return null;
			copyInto(nonceOfMessage, message, start);
			copyInto(tagOfMessage, message, end);
			const decipher = createDecipheriv(ALGORITHM, key, nonceOfMessage, OPTIONS);
			decipher.setAAD(aad);
			decipher.setAuthTag(tagOfMessage);
			const plaintext = decipher.update(message.subarray(from, end));
			try {
				decipher.final();
			} catch {
				// The plaintext of a message that is not authentic must not outlive this call.
				plaintext.fill(0);
				return null;
			}
			return plaintext;
		},
		free: freeBuffer,
	};
}

/** Fills `target` with what begins at `start`; for so few bytes faster than a view. */
function copyInto(target: Uint8Array, source: Uint8Array, start: number): void {
	for (let index = 0; index < target.length; index++) target[index] = source[start + index] ?? 0;
}
