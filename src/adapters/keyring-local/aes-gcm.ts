import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const OPTIONS = { authTagLength: TAG_LENGTH };

/** AES-256-GCM with a random nonce. Returns nonce(12) || ciphertext || tag(16). */
export function sealBytes(key: KeyObject, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
	const nonce = randomBytes(NONCE_LENGTH);
	const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS).setAAD(aad);
	return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Opens the output of sealBytes(); null if it does not verify. The caller overwrites the plaintext after use. */
export function openBytes(key: KeyObject, aad: Uint8Array, sealed: Uint8Array): Uint8Array | null {
	if (sealed.length < NONCE_LENGTH + TAG_LENGTH) return null;
	const end = sealed.length - TAG_LENGTH;
	const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_LENGTH), OPTIONS)
		.setAAD(aad)
		.setAuthTag(sealed.subarray(end));
	const plaintext = decipher.update(sealed.subarray(NONCE_LENGTH, end));
	try {
		decipher.final();
		return plaintext;
	} catch {
		plaintext.fill(0);
		return null;
	}
}
