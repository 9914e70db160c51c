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
	/** Returns ciphertext || tag. */
	seal(key: Key, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array;
	/** Takes ciphertext || tag; returns null, and nothing else, when the tag does not verify. */
	open(key: Key, nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array | null;
}
