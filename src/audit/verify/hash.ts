import { checkHashes } from './check.ts';
import { encodeText } from './text.ts';

// Different first bytes, so that no one can present the two hashes of a node as a leaf (RFC 6962 section 2.1).
const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

/**
 * SHA-256(0x00 || leaf), 32 bytes. A text is hashed as UTF-8.
 * @throws AuditProofError if `leaf` is neither text nor bytes, or has a lone surrogate.
 */
export async function leafHash(leaf: string | Uint8Array): Promise<Uint8Array> {
	return sha256(LEAF, leaf instanceof Uint8Array ? leaf : encodeText(leaf));
}

/** SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Uint8Array> {
	return sha256(NODE, left, right);
}

/**
 * Root of the tree over `leafHashes`, in their order (RFC 6962 section 2.1); SHA-256 of the empty string if there are no leaves.
 * @throws AuditProofError if a hash is not 32 bytes.
 */
export async function rootHash(leafHashes: readonly Uint8Array[]): Promise<Uint8Array> {
	checkHashes(leafHashes);
	let level = leafHashes;
	while (level.length > 1) level = await levelAbove(level);
	// A copy, so that the root of a single leaf is not the caller's array.
	return level[0]?.slice() ?? sha256();
}

/** Two neighbours make a node. The last hash of an odd level moves up unchanged, which gives the tree of the RFC. */
async function levelAbove(level: readonly Uint8Array[]): Promise<Uint8Array[]> {
	const above: Uint8Array[] = [];
	let left: Uint8Array | undefined;
	// One at a time, because promises for all nodes of a large tree would take gigabytes.
	for (const hash of level) {
		if (left !== undefined) above.push(await nodeHash(left, hash));
		left = left === undefined ? hash : undefined;
	}
	return left === undefined ? above : [...above, left];
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

/** Not in constant time: only for hashes and key ids, which are public. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
	return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
