import { encodeText } from './text.ts';

// Leaves and nodes begin differently, or the two hashes of a node could be passed off as a leaf (RFC 6962 section 2.1).
const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

/**
 * SHA-256(0x00 || leaf), 32 bytes. A leaf that is text is hashed in UTF-8.
 * @throws AuditProofError when `leaf` is neither text nor bytes, or has a lone surrogate.
 */
export async function leafHash(leaf: string | Uint8Array): Promise<Uint8Array> {
	return sha256(LEAF, leaf instanceof Uint8Array ? leaf : encodeText(leaf));
}

/** SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Uint8Array> {
	return sha256(NODE, left, right);
}

/** SHA-256 of `parts`, joined. */
export async function sha256(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
	const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let offset = 0;
	for (const part of parts) {
		bytes.set(part, offset);
		offset += part.length;
	}
	return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** For hashes and key ids, which are public: the time that it takes may tell where they differ. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
	return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
