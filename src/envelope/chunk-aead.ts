/**
 * The primitives of chunked encryption: HMAC-SHA-512 for the keys of a message (RFC 2104), and AES-256-GCM without associated data for
 * its chunks (NIST SP 800-38D). Synchronous and into buffers of the caller, to avoid a promise and a copy for each chunk. `Key` is the
 * handle of the implementation, as in Aead.
 */
export interface ChunkAead<Key = unknown> {
	/** Takes 32 raw bytes; the caller may overwrite them afterwards. */
	importKey(raw: Uint8Array): Key;
	/** 24 random bytes. */
	generateSalt(): Uint8Array;
	/** HMAC-SHA-512: 64 bytes, which the caller overwrites after use. */
	authenticate(key: Key, data: Uint8Array): Uint8Array;
	/** Writes ciphertext || tag, 16 bytes more than `plaintext`, to the start of `target`, which must not overlap `plaintext`. */
	sealInto(target: Uint8Array, key: Key, nonce: Uint8Array, plaintext: Uint8Array): void;
	/**
	 * Takes ciphertext || tag and writes the plaintext to the start of `target`, which must not overlap `sealed`. Returns false and writes
	 * nothing if the tag does not verify.
	 */
	openInto(target: Uint8Array, key: Key, nonce: Uint8Array, sealed: Uint8Array): boolean;
}
