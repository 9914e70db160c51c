import { selectSignerLeaves, type Transaction } from '../../database/index.ts';
import { verifierKeyOf } from '../keeper/index.ts';

/** Keys that are told, the newest; there is another with each rotation. */
const MOST = 100;

/**
 * The vkeys by which checkpoints of a tree are to be verified, newest first; null: the root tree. One key signs all trees of an
 * installation, so that every tree has one, whoever asks. None while nothing is published.
 */
export async function readVerifierKeys(tx: Transaction, tree: string | null): Promise<string[]> {
	const leaves = await selectSignerLeaves(tx, MOST);
	const keys = new Set(leaves.map((leaf) => String(JSON.parse(leaf).key)));
	return tree === null ? [...keys] : [...keys].map((key) => ofTree(key, tree));
}

/** Base64 may hold a plus itself. */
function ofTree(rootKey: string, tree: string): string {
	const [name = '', , ...base64] = rootKey.split('+');
	return verifierKeyOf(`${name}/${tree}`, Buffer.from(base64.join('+'), 'base64').subarray(1));
}
