import type { webcrypto } from 'node:crypto';
import { Decrypter, Encrypter } from 'age-encryption';

/** How each of them begins; an armored one, which is text, does not. */
const AGE_FILE = 'age-encryption.org/v1\n';

/**
 * One binary age file to one recipient. age hides who wrote a file and lets anybody write one; what is in it has to prove itself.
 * @throws whatever the library does, with a text that may quote the recipient, when that is none of age.
 */
export function encryptAgeFile(recipient: string, plaintext: Uint8Array): Promise<Uint8Array> {
	const encrypter = new Encrypter();
	encrypter.addRecipient(recipient);
	return encrypter.encrypt(plaintext);
}

/**
 * The plaintext, all of it verified; null when the file is not to this identity, was changed in any byte or was cut.
 * The library's streams copy the plaintext on its way, which nobody can overwrite.
 */
export async function decryptAgeFile(
	identity: string | webcrypto.CryptoKey,
	file: Uint8Array,
): Promise<Uint8Array | null> {
	const decrypter = new Decrypter();
	try {
		decrypter.addIdentity(identity);
		return await decrypter.decrypt(file);
	} catch {
		return null;
	}
}

export function isAgeFile(file: Uint8Array): boolean {
	return Buffer.from(file.buffer, file.byteOffset, file.length).toString('latin1', 0, AGE_FILE.length) === AGE_FILE;
}
