import { selectSignerLeaves, type Transaction } from '../../database/index.ts';
import { verifierKeyOf } from '../leader/index.ts';

/** Keys that are told, the newest; there is another with each rotation. */
const MOST = 100;

/** The vkeys of a tree, newest first; null: of the root tree. */
export type VerifierKeys = (tree: string | null) => readonly string[];

/**
 * By which vkeys checkpoints are to be verified; none while nothing is published. One key signs all trees of an installation, so that
 * those of a tree follow from those of the root tree, whether there is such a tree or not.
 */
export async function readVerifierKeys(tx: Transaction): Promise<VerifierKeys> {
	const leaves = await selectSignerLeaves(tx, MOST);
	const keys = [...new Set(leaves.flatMap(signerKeysInLeaf))];
	return (tree) => (tree === null ? keys : keys.map((key) => ofTree(key, tree)));
}

/** None in a leaf that somebody has put there by hand. */
function signerKeysInLeaf(leaf: string): string[] {
	try {
		const { key } = Object(JSON.parse(leaf));
		return typeof key === 'string' ? [key] : [];
	} catch {
		return [];
	}
}

/** Base64 may hold a plus itself. */
function ofTree(rootKey: string, tree: string): string {
	const [name = '', , ...base64] = rootKey.split('+');
	return verifierKeyOf(`${name}/${tree}`, Buffer.from(base64.join('+'), 'base64').subarray(1));
}
