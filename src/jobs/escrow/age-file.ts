import type { webcrypto } from 'node:crypto';
import { Decrypter, Encrypter } from 'age-encryption';

/** The first bytes of a binary age file. An armored file, which is text, begins differently. */
const AGE_FILE = 'age-encryption.org/v1\n';

/**
 * Encrypts a binary age file to one recipient. age hides the writer of a file, and anyone can write one, so the content must prove itself.
 * @throws the library's error if the recipient is not an age recipient. Its message may quote the recipient.
 */
export function encryptAgeFile(recipient: string, plaintext: Uint8Array): Promise<Uint8Array> {
	const encrypter = new Encrypter();
	encrypter.addRecipient(recipient);
	return encrypter.encrypt(plaintext);
}

/**
 * The plaintext, verified completely. null if the file is not encrypted to this identity, was changed in any byte or was cut off. The
 * library's streams copy the plaintext, and no one can overwrite those copies.
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
