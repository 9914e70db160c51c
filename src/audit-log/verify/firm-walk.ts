import type { Checkpoint } from '../../audit/verify/index.ts';
import {
	findingKindOf,
	type LogChecks,
	type LogFindingKind,
	type LogFindings,
	NO_FIRM,
	reportFlaw,
} from '../../audit/verify/log.ts';
import type { WalkedRow } from '../../database/index.ts';
import { type LeafFault, WalkedTree } from './walked-tree.ts';

const KINDS: Readonly<Record<LeafFault, LogFindingKind>> = {
	CHANGED: 'ENTRY_CHANGED',
	GONE: 'ENTRY_MISSING',
	HASHES: 'HASHES_WRONG',
	ABSENT: 'LEAF_MISSING',
};

/** The trees of all firms, as far as they were read. */
export interface FirmTreesWalk {
	/** Number of leaves that were checked. */
	readonly leaves: number;
	readonly trees: number;
	sizeOf(tree: string): number;
	addRows(tree: string, rows: readonly WalkedRow[]): void;
	/** Reports leaves that are missing below this size. */
	addMissing(tree: string, size: number): void;
	/** Compares a tree with its checkpoint. `at` is the index of the checkpoint in the root tree. */
	checkCheckpoint(tree: string, checkpoint: Checkpoint, at: number): void;
	/** Call after the last checkpoint. */
	finish(): void;
}

export function createFirmTreesWalk(checks: LogChecks, findings: LogFindings): FirmTreesWalk {
	const trees = new Map<string, WalkedTree>();
	let leaves = 0;

	function treeOf(tree: string): WalkedTree {
		const known = trees.get(tree);
		if (known) return known;
		const made = new WalkedTree(checks.createTree(), (verdict, { index, entry }) =>
			findings.add(KINDS[verdict], { tree, index, entry }),
		);
		trees.set(tree, made);
		return made;
	}

	function check(tree: string, { index, entry, leaf, firm }: WalkedRow & { readonly leaf: string }): void {
		const place = { tree, index, entry };
		if ((firm ?? NO_FIRM) !== tree) findings.add('ENTRY_MISPLACED', place);
		reportFlaw(
			() => checks.checkFirmLeaf(`${checks.rootOrigin}/${tree}`, leaf),
			(flaw) => findings.add(findingKindOf(flaw), place),
		);
	}

	return {
		get leaves() {
			return leaves;
		},
		get trees() {
			return trees.size;
		},
		sizeOf: (tree) => trees.get(tree)?.size ?? 0,
		addRows(tree, rows) {
			const walked = treeOf(tree);
			for (const row of rows) {
				const { leaf } = row;
				if (leaf !== null) check(tree, { ...row, leaf });
				walked.addLeaf({ ...row, hash: leaf === null ? null : checks.hashLeaf(Buffer.from(leaf)) });
			}
			leaves += rows.length;
		},
		addMissing: (tree, size) => treeOf(tree).addMissing(size),
		checkCheckpoint(tree, { size, root }, at) {
			const walked = treeOf(tree);
			// A checkpoint that is smaller than its predecessor is of a tree that was written again.
			if (size !== walked.size || !walked.matches(root)) findings.add('CHECKPOINT_WRONG', { tree, index: at });
		},
		finish() {
			for (const tree of trees.values()) tree.finish();
		},
	};
}
