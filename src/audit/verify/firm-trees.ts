import { type AnchoredTree, createAnchoredTree } from './anchored-tree.ts';
import { AuditProofError } from './audit-proof-error.ts';
import type { Checkpoint } from './checkpoint.ts';
import { reportFlaw } from './leaf-checks.ts';
import type { LogChecks } from './log-checks.ts';
import { treeOfOrigin } from './origin.ts';

/** Called for a leaf that a firm's tree may not have. `tree` is the firm id at the end of its origin. */
export type OnFlaw = (place: { readonly tree: string; readonly index: number }, flaw: AuditProofError) => void;

/** The firms' trees of an installation, from a chain of anchors. */
export interface FirmTrees {
	sizeOf(origin: string): number;
	sizes(): [origin: string, size: number][];
	/** @throws AuditProofError if the tree may not have the leaf and there is no onFlaw. */
	append(origin: string, leaf: string, hash: Uint8Array): void;
	/** @throws AuditProofError if the leaves of the tree do not lead to its next checkpoint. */
	cover(checkpoint: Checkpoint): void;
	/** @throws AuditProofError if a leaf is not covered by a checkpoint: anyone could have added that leaf. */
	checkCovered(): void;
}

export function createFirmTrees(checks: LogChecks, onFlaw: OnFlaw | undefined): FirmTrees {
	const trees = new Map<string, AnchoredTree>();

	function treeOf(origin: string): AnchoredTree {
		const tree = trees.get(origin) ?? createAnchoredTree(checks.createTree());
		trees.set(origin, tree);
		return tree;
	}

	return {
		sizeOf: (origin) => trees.get(origin)?.size ?? 0,
		sizes: () => Array.from(trees, ([origin, { size }]) => [origin, size]),
		append(origin, leaf, hash) {
			const tree = treeOf(origin);
			reportFlaw(
				() => checks.checkFirmLeaf(origin, leaf),
				onFlaw && ((flaw) => onFlaw({ tree: treeOfOrigin(origin), index: tree.size }, flaw)),
			);
			tree.append(hash);
		},
		cover: (checkpoint) => treeOf(checkpoint.origin).cover(checkpoint),
		checkCovered() {
			for (const { uncovered } of trees.values()) {
				if (uncovered > 0) throw new AuditProofError('The anchor has entries that no checkpoint in it covers.');
			}
		},
	};
}
