import type { LeafRange } from '../../audit/index.ts';
import { selectProofHashes, type Transaction } from '../../database/index.ts';
import { readRanges } from '../leader/index.ts';

/**
 * Hashes of ranges of trees, null the root tree, all in one statement.
 * @throws FirmsealError AUDIT_UNAVAILABLE when leaves are missing.
 */
export const readHashes = (
	tx: Transaction,
	asked: readonly { readonly tree: string | null; readonly ranges: readonly LeafRange[] }[],
): Promise<Uint8Array[][]> => readRanges(asked, (places) => selectProofHashes(tx, places));
