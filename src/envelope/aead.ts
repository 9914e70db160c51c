/**
 * AES-256-GCM with a 12-byte nonce and a 16-byte tag (NIST SP 800-38D), as the field envelope needs it.
 * Synchronous, so that opening a page of rows makes no promise per field. `Key` is the implementation's own
 * handle (a KeyObject in Node), imported once and used many times.
 */
export interface Aead<Key = unknown> {
	/** Takes 32 raw bytes; the caller may overwrite them afterwards. */
	importKey(raw: Uint8Array): Key;
	/** 12 random bytes that no earlier call has returned. */
	generateNonce(): Uint8Array;
	/** Returns header || nonce || ciphertext || tag: whole, since each copy of a long message costs as much as the cipher. */
	seal(key: Key, aad: Uint8Array, header: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array;
	/**
	 * Takes nonce || ciphertext || tag from `start` of `message`: whole, since each view of a part costs a tenth of the cipher.
	 * Returns null, and nothing else, when the tag does not verify or there is none.
	 */
	open(key: Key, aad: Uint8Array, message: Uint8Array, start: number): Uint8Array | null;
	/** Frees a plaintext that open() gave, which no one may look at any more. */
	free(plaintext: Uint8Array): void;
}
