import { checkHashes } from './check.ts';
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

/**
 * Root of the tree over `leafHashes`, in their order (RFC 6962 section 2.1); SHA-256 of nothing for no leaves.
 * @throws AuditProofError when one of them is not 32 bytes.
 */
export async function rootHash(leafHashes: readonly Uint8Array[]): Promise<Uint8Array> {
	checkHashes(leafHashes);
	let level = leafHashes;
	while (level.length > 1) level = await levelAbove(level);
	// A copy: the root of a single leaf is not the array of that leaf's hash.
	return level[0]?.slice() ?? sha256();
}

/** Two neighbours make a node. The last hash of an odd level goes up as it is, which makes the tree of the RFC. */
async function levelAbove(level: readonly Uint8Array[]): Promise<Uint8Array[]> {
	const above: Uint8Array[] = [];
	let left: Uint8Array | undefined;
	// One at a time: a promise for each node of a large tree at once takes gigabytes.
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

/** For hashes and key ids, which are public: the time that it takes may tell where they differ. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
	return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
