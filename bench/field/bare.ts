import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const OPTIONS = { authTagLength: 16 };

export interface BareMessage {
	readonly nonce: Uint8Array;
	readonly ciphertext: Uint8Array;
	readonly tag: Uint8Array;
}

/** The least that node:crypto can be asked for: no associated data, nothing put together, nothing checked but the tag. */
export function bareSeal(key: KeyObject, nonce: Uint8Array, plaintext: Uint8Array): BareMessage {
	const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS);
	const ciphertext = cipher.update(plaintext);
	cipher.final();
	return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

export function bareOpen(key: KeyObject, { nonce, ciphertext, tag }: BareMessage): Buffer {
	const decipher = createDecipheriv(ALGORITHM, key, nonce, OPTIONS);
	decipher.setAuthTag(tag);
	const plaintext = decipher.update(ciphertext);
	decipher.final();
	return plaintext;
}
