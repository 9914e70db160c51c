import { AuditProofError } from './audit-proof-error.ts';
import type { Checkpoint } from './checkpoint.ts';
import { sameBytes } from './hash.ts';
import type { TreeHasher } from './tree-hasher.ts';

/** A firm's tree from anchors, which have first the leaves and then, in the root tree, the checkpoints that cover the leaves. */
export interface AnchoredTree {
	/** Number of leaves so far. */
	readonly size: number;
	/** Number of leaves that no checkpoint covers yet. Their hashes are kept, 32 bytes each. */
	readonly uncovered: number;
	append(leafHash: Uint8Array): void;
	/** @throws AuditProofError if the tree of that size has another root, or the size is smaller than an earlier one or too large. */
	cover(checkpoint: Checkpoint): void;
}

/** @param covered An empty tree that no other code uses. */
export function createAnchoredTree(covered: TreeHasher): AnchoredTree {
	let waiting: Uint8Array[] = [];
	let taken = 0;
	return {
		get size() {
			return covered.size + waiting.length - taken;
		},
		get uncovered() {
			return waiting.length - taken;
		},
		append(leafHash) {
			waiting.push(leafHash);
		},
		cover({ size, root }) {
			const end = taken + size - covered.size;
			if (end < taken) throw new AuditProofError('A checkpoint is of a smaller tree than the one before it.');
			if (end > waiting.length) throw new AuditProofError('A checkpoint covers more entries than the anchors have.');
			for (const hash of waiting.slice(taken, end)) covered.append(hash);
			taken = end;
			if (taken === waiting.length) {
				waiting = [];
				taken = 0;
			}
			if (!sameBytes(covered.root(), root)) {
				throw new AuditProofError('The entries do not lead to the root of a checkpoint.');
			}
		},
	};
}
