import { selectSignerLeaves, type Transaction } from '../../database/index.ts';
import { verifierKeyOf } from '../leader/index.ts';

/** Only the newest keys are returned; each rotation adds one. */
const MOST = 100;

/** The vkeys of a tree, newest first. `tree` is null for the root tree. `ofKeyLog`: those of the firm's key log instead. */
export type VerifierKeys = (tree: string | null, ofKeyLog?: boolean) => readonly string[];

/**
 * The vkeys that verify checkpoints; none before anything is published. One key signs all trees of an installation, so the vkeys of a tree
 * follow from those of the root tree, even if the tree does not exist.
 */
export async function readVerifierKeys(tx: Transaction): Promise<VerifierKeys> {
	const leaves = await selectSignerLeaves(tx, MOST);
	const keys = [...new Set(leaves.flatMap(signerKeysInLeaf))];
	return (tree, ofKeyLog = false) => {
		if (tree === null) return keys;
		return keys.map((key) => underName(key, (root) => (ofKeyLog ? `${root}/${tree}/keys` : `${root}/${tree}`)));
	};
}

/** Returns no key for a leaf that someone wrote by hand. */
function signerKeysInLeaf(leaf: string): string[] {
	try {
		const { key } = Object(JSON.parse(leaf));
		return typeof key === 'string' ? [key] : [];
	} catch {
		return [];
	}
}

/** Base64 may itself contain a plus. */
function underName(rootKey: string, nameOf: (root: string) => string): string {
	const [root = '', , ...base64] = rootKey.split('+');
	return verifierKeyOf(nameOf(root), Buffer.from(base64.join('+'), 'base64').subarray(1));
}
