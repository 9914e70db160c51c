/**
 * AES-256-GCM with a 12-byte nonce and a 16-byte tag (NIST SP 800-38D), for the field envelope. Synchronous, because a promise for each
 * field of a page of rows costs too much. `Key` is the handle of the implementation (a KeyObject in Node), imported once and used often.
 */
export interface Aead<Key = unknown> {
	/** Takes 32 raw bytes; the caller may overwrite them afterwards. */
	importKey(raw: Uint8Array): Key;
	/** 12 random bytes that no earlier call has returned. */
	generateNonce(): Uint8Array;
	/** Returns header || nonce || ciphertext || tag in one array, because each copy of a long message costs as much as the cipher. */
	seal(key: Key, aad: Uint8Array, header: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array;
	/**
	 * Takes the whole `message`, with nonce || ciphertext || tag at `start`, because each view of a part costs a tenth of the cipher.
	 * Returns null, and never a part of the plaintext, if the tag does not verify or is missing.
	 */
	open(key: Key, aad: Uint8Array, message: Uint8Array, start: number): Uint8Array | null;
	/** Frees a plaintext that open() returned. No one may read the array afterwards. */
	free(plaintext: Uint8Array): void;
}
