import { AuditProofError, type Checkpoint } from '../../audit/verify/index.ts';
import type { LogChecks, LogFindingKind, LogFindings } from '../../audit/verify/log.ts';
import type { RootCheckpointRow, RootLeafRow } from '../../database/index.ts';
import { type LeafFault, WalkedTree } from './walked-tree.ts';

const KINDS: Readonly<Record<LeafFault, LogFindingKind>> = {
	CHANGED: 'ROOT_LEAF_CHANGED',
	GONE: 'ROOT_LEAF_MISSING',
	HASHES: 'HASHES_WRONG',
	ABSENT: 'ROOT_LEAF_MISSING',
};

/** The root tree, as far as it was read. */
export interface RootTreeWalk {
	readonly size: number;
	/**
	 * Adds a leaf. Returns the checkpoint of a firm's tree in it, if it has the tree and size that the row names; null if the leaf has no
	 * checkpoint or a wrong one.
	 */
	addRow(row: RootLeafRow): Promise<Checkpoint | null>;
	/** Compares the tree with a checkpoint of its current size. */
	checkCheckpoint(row: RootCheckpointRow): Promise<void>;
	finish(): void;
}

export function createRootTreeWalk(checks: LogChecks, findings: LogFindings): RootTreeWalk {
	const tree = new WalkedTree(checks.createTree(), (verdict, { index }) => findings.add(KINDS[verdict], { index }));

	/** Readers find a leaf by the columns of its row, so they must match the leaf. */
	function isNamed({ kind, tree, size, leaf }: RootLeafRow, checkpoint: Checkpoint | null): boolean {
		if (checkpoint === null) return tree === null && leaf.includes(`"kind":"${kind.toLowerCase()}"`);
		return kind === 'CHECKPOINT' && checkpoint.origin === `${checks.rootOrigin}/${tree}` && checkpoint.size === size;
	}

	return {
		get size() {
			return tree.size;
		},
		async addRow(row) {
			const { index, hashes, leaf } = row;
			tree.addLeaf({ index, hashes, hash: checks.hashLeaf(Buffer.from(leaf)), entry: null });
			const checkpoint = await undefinedIfInvalid(checks.checkRootLeaf(leaf, index));
			if (checkpoint === undefined) findings.add('CHECKPOINT_UNSIGNED', { tree: row.tree, index });
			else if (!isNamed(row, checkpoint)) findings.add('ROOT_LEAF_CHANGED', { index });
			else return checkpoint;
			return null;
		},
		async checkCheckpoint({ size, note }) {
			const checkpoint = await undefinedIfInvalid(checks.openRootNote(note));
			if (checkpoint?.size !== size || !tree.matches(checkpoint.root))
				findings.add('ROOT_CHECKPOINT_WRONG', { index: size });
		},
		finish: () => tree.finish(),
	};
}

/** undefined if the verification fails. */
async function undefinedIfInvalid<T>(checked: Promise<T>): Promise<T | undefined> {
	try {
		return await checked;
	} catch (error) {
		if (error instanceof AuditProofError) return undefined;
		throw error;
	}
}
