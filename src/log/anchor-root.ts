import { createHash } from 'node:crypto';

/** A complete subtree: one of 2^level leaves. */
export interface Subtree {
	/** Of its last leaf. */
	readonly index: number;
	readonly level: number;
}

/** Sizes go up to 2^53-1. */
const HIGHEST = 52;

/** The complete subtrees, largest first, that a tree of that size is made of. */
export function subtreesOf(size: number): Subtree[] {
	const subtrees: Subtree[] = [];
	let leaves = 0;
	for (let level = HIGHEST; level >= 0; level--) {
		if (size - leaves < 2 ** level) continue;
		leaves += 2 ** level;
		subtrees.push({ index: leaves - 1, level });
	}
	return subtrees;
}

/** Root of the tree that these subtrees make, largest first (RFC 6962 section 2.1); SHA-256 of nothing for none. */
export function foldRoot(hashes: readonly Uint8Array[]): Uint8Array {
	const [last, ...before] = hashes.toReversed();
	if (last === undefined) return createHash('sha256').digest();
	return before.reduce((right, left) => nodeHash(left, right), last);
}

const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
	createHash('sha256').update(Uint8Array.of(0x01)).update(left).update(right).digest();

/** Of a leaf that is text, in UTF-8. */
export const leafHashOf = (leaf: string): Uint8Array =>
	createHash('sha256').update(Uint8Array.of(0x00)).update(leaf).digest();
