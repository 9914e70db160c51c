import { Decrypter, Encrypter } from 'age-encryption';

/*
 * Loaded only for a passphrase, because age with scrypt is larger than all of the vault. The file imports nothing of ours, so that a bundler
 * puts it into a chunk of its own.
 */

/** The base-2 logarithm of the work of scrypt for a new file: about a second, and 128 MiB. FORMAT.md, section 12. */
const WORK_FACTOR = 17;

/** A file of age that only the passphrase opens. */
export async function encryptWithPassphrase(plaintext: Uint8Array, passphrase: string): Promise<Uint8Array> {
	const encrypter = new Encrypter();
	encrypter.setPassphrase(passphrase);
	encrypter.setScryptWorkFactor(WORK_FACTOR);
	return encrypter.encrypt(plaintext);
}

/** The plaintext, or null for another passphrase or a file that was changed. The caller has checked the work factor. */
export async function decryptWithPassphrase(file: Uint8Array, passphrase: string): Promise<Uint8Array | null> {
	const decrypter = new Decrypter();
	decrypter.addPassphrase(passphrase);
	try {
		return await decrypter.decrypt(file);
	} catch {
		return null;
	}
}
