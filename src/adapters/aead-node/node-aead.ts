import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { Aead, ChunkAead } from '../../envelope/index.ts';
import { ALGORITHM, KEY_LENGTH, OPTIONS, TAG_LENGTH } from './aes-gcm.ts';
import { nodeChunkAead } from './node-chunk-aead.ts';
import { createNoncePool } from './nonce-pool.ts';

/**
 * AES-256-GCM over node:crypto, for fields and for chunks of files. Keys are KeyObjects: as a Buffer, the key alone costs more than everything else.
 * importKey throws RangeError for a key that is not 32 bytes.
 */
export function createNodeAead(): Aead<KeyObject> & ChunkAead<KeyObject> {
	return {
		...nodeChunkAead,
		importKey(raw) {
			if (raw.length !== KEY_LENGTH) throw new RangeError('An AES-256 key is 32 bytes.');
			return createSecretKey(raw);
		},
		generateNonce: createNoncePool(),
		seal(key, nonce, aad, plaintext) {
			const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS);
			cipher.setAAD(aad);
			const sealed = new Uint8Array(plaintext.length + TAG_LENGTH);
			sealed.set(cipher.update(plaintext));
			cipher.final();
			sealed.set(cipher.getAuthTag(), plaintext.length);
			return sealed;
		},
		open(key, nonce, aad, ciphertext) {
			const end = ciphertext.length - TAG_LENGTH;
			if (end < 0) return null;
			const decipher = createDecipheriv(ALGORITHM, key, nonce, OPTIONS);
			decipher.setAAD(aad);
			decipher.setAuthTag(ciphertext.subarray(end));
			const plaintext = decipher.update(ciphertext.subarray(0, end));
			try {
				decipher.final();
			} catch {
				// The plaintext of a message that is not authentic must not outlive this call.
				plaintext.fill(0);
				return null;
			}
			return plaintext;
		},
	};
}
