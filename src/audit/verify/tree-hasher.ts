import { AuditProofError } from './audit-proof-error.ts';
import { checkHashes } from './check.ts';

/** SHA-256 of `parts`, joined; 32 bytes. Synchronous, so that a fast implementation hashes a million leaves in seconds. */
export type Sha256 = (...parts: readonly Uint8Array[]) => Uint8Array;

/** A tree that grows leaf by leaf. It keeps only the roots of its complete subtrees: at most 53 hashes. */
export interface TreeHasher {
	/** Number of leaves so far. */
	readonly size: number;
	/**
	 * Adds the next leaf. Returns the hashes of the subtrees that it completes, joined, lowest first: its own hash, and for the leaf at index
	 * i one more for each 1 at the end of i in binary.
	 * @throws AuditProofError if the hash is not 32 bytes, or the tree has 2^53-1 leaves.
	 */
	append(leafHash: Uint8Array): Uint8Array;
	/** Current root of the tree; SHA-256 of the empty string if there are no leaves. */
	root(): Uint8Array;
	/** An independent copy of the tree. */
	fork(): TreeHasher;
}

/** The state of a tree: its size, and the roots of its complete subtrees, the largest first. */
export interface TreeEdge {
	readonly size: number;
	readonly complete: readonly Uint8Array[];
}

const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

/** SHA-256(0x00 || leaf). */
export function hashLeaf(sha256: Sha256, leaf: Uint8Array): Uint8Array {
	return sha256(LEAF, leaf);
}

/** RFC 6962 section 2.1. Each leaf takes time in the order of the tree's height. Continues from `edge`, by default the empty tree. */
export function createTreeHasher(sha256: Sha256, edge: TreeEdge = { size: 0, complete: [] }): TreeHasher {
	// Largest first: one for each power of two in the binary form of `size`.
	const complete: Uint8Array[] = [...edge.complete];
	let { size } = edge;
	return {
		get size() {
			return size;
		},
		append(leafHash) {
			checkHashes([leafHash]);
			if (size >= Number.MAX_SAFE_INTEGER) throw new AuditProofError('The tree has no room for another leaf.');
			const completed = [leafHash];
			let hash = leafHash;
			// Division, because sizes exceed the 32 bits of the bit operators.
			for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
				hash = sha256(NODE, complete.pop() as Uint8Array, hash);
				completed.push(hash);
			}
			complete.push(hash.slice());
			size += 1;
			return join(completed);
		},
		root() {
			const root = complete.reduceRight<Uint8Array | null>(
				(right, left) => (right === null ? left.slice() : sha256(NODE, left, right)),
				null,
			);
			return root ?? sha256();
		},
		fork: () => createTreeHasher(sha256, { size, complete }),
	};
}

function join(hashes: readonly Uint8Array[]): Uint8Array {
	const joined = new Uint8Array(hashes.length * 32);
	for (const [at, hash] of hashes.entries()) joined.set(hash, at * 32);
	return joined;
}
