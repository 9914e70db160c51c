/**
 * What chunked encryption needs of a cipher: HMAC-SHA-512 for the keys of a message (RFC 2104), AES-256-GCM without
 * associated data for its chunks (NIST SP 800-38D). Synchronous and into buffers that the caller has, so that a file makes
 * neither promises nor copies per chunk. `Key` is the implementation's own handle, as in Aead.
 */
export interface ChunkAead<Key = unknown> {
	/** Takes 32 raw bytes; the caller may overwrite them afterwards. */
	importKey(raw: Uint8Array): Key;
	/** 24 random bytes. */
	generateSalt(): Uint8Array;
	/** HMAC-SHA-512: 64 bytes, to be overwritten by the caller. */
	authenticate(key: Key, data: Uint8Array): Uint8Array;
	/** Writes ciphertext || tag to the start of `target`: 16 bytes more than `plaintext`, which is elsewhere. */
	sealInto(target: Uint8Array, key: Key, nonce: Uint8Array, plaintext: Uint8Array): void;
	/**
	 * Takes ciphertext || tag and writes the plaintext to the start of `target`, which is elsewhere; false, and nothing is written,
	 * when the tag does not verify.
	 */
	openInto(target: Uint8Array, key: Key, nonce: Uint8Array, sealed: Uint8Array): boolean;
}
