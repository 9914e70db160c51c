import { rangesOfConsistency } from '../../audit/index.ts';
import { selectPublishedCheckpoint, selectRootCheckpoint, type Transaction } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { parseOwnNote } from './find-checkpoint.ts';
import { readHashes } from './read-hashes.ts';

/** That a tree of `to` leaves begins with what it was at `from`. */
export interface ConsistencyProof {
	readonly origin: string;
	readonly from: number;
	readonly to: number;
	/** RFC 6962 section 2.1.2; none from 0, or between equal sizes. */
	readonly hashes: readonly Uint8Array[];
}

/**
 * Two statements. `tree`: null the root tree. null: nothing of it is published, or not for the transaction's firm.
 * @throws FirmsealError BAD_USER_INPUT for sizes that it never had, or hasn't yet; AUDIT_UNAVAILABLE when leaves are missing.
 */
export async function proveConsistency(
	tx: Transaction,
	tree: string | null,
	from: number,
	to: number,
): Promise<ConsistencyProof | null> {
	if (from > to) throw new FirmsealError('BAD_USER_INPUT', 'The argument from must be no more than to.');
	const row = await (tree === null ? selectRootCheckpoint(tx) : selectPublishedCheckpoint(tx, tree, null));
	if (!row) return null;
	if (to > row.size)
		throw new FirmsealError('BAD_USER_INPUT', 'The argument to must be no more than the size that is published.');
	const [hashes = []] = await readHashes(tx, [{ tree, ranges: rangesOfConsistency(from, to) }]);
	return { origin: parseOwnNote(row.note).origin, from, to, hashes };
}
