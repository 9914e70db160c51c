import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { Aead } from '../../envelope/index.ts';
import { createNoncePool } from './nonce-pool.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_LENGTH = 32;
const TAG_LENGTH = 16;
/** Without it node:crypto would take a tag of 4 bytes for a whole one. */
const OPTIONS = { authTagLength: TAG_LENGTH };

/**
 * AES-256-GCM over node:crypto. Keys are KeyObjects: as a Buffer, the key alone costs more than everything else.
 * importKey throws RangeError for a key that is not 32 bytes.
 */
export function createNodeAead(): Aead<KeyObject> {
	return {
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
