import { sha256 as hash } from '@noble/hashes/sha2.js';

/**
 * SHA-256 (FIPS 180-4) without waiting: a log of a million entries needs two million short hashes, and WebCrypto's promise for each would take
 * longer than the hashes. The worker compares it with the browser's own SHA-256 before it uses it (self-test.ts).
 */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
	const stream = startSha256();
	for (const part of parts) stream.update(part);
	return stream.digest();
}

/** SHA-256 of bytes that come in parts. */
export const startSha256 = () => hash.create();
