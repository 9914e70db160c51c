import { createCipheriv, createDecipheriv, createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { type ChunkAead, SALT_LENGTH } from '../../envelope/index.ts';
import { ALGORITHM, OPTIONS, TAG_LENGTH } from './aes-gcm.ts';
import { freeBuffer } from './free-buffer.ts';

/** The chunks of files over node:crypto. Its cipher writes into no buffer but a new one of its own, which is copied and given back. */
export const nodeChunkAead: Omit<ChunkAead<KeyObject>, 'importKey'> = {
	generateSalt: () => randomBytes(SALT_LENGTH),
	authenticate: (key, data) => createHmac('sha512', key).update(data).digest(),
	sealInto(target, key, nonce, plaintext) {
		const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS);
		const ciphertext = cipher.update(plaintext);
		target.set(ciphertext);
		freeBuffer(ciphertext);
		cipher.final();
		target.set(cipher.getAuthTag(), plaintext.length);
	},
	openInto(target, key, nonce, sealed) {
		const end = sealed.length - TAG_LENGTH;
		if (end < 0) return false;
		const decipher = createDecipheriv(ALGORITHM, key, nonce, OPTIONS);
		decipher.setAuthTag(sealed.subarray(end));
		const plaintext = decipher.update(sealed.subarray(0, end));
		try {
			decipher.final();
		} catch {
			// The plaintext of a chunk that is not authentic must not outlive this call.
			plaintext.fill(0);
			return false;
		}
		target.set(plaintext);
		freeBuffer(plaintext);
		return true;
	},
};
