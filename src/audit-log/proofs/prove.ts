import { rangesOfConsistency, rangesOfInclusion } from '../../audit/index.ts';
import {
	selectPublishedCheckpoint,
	selectPublishedLeaf,
	selectRootCheckpoint,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type PublishedCheckpoint, parseOwnNote, rootRangesOf, toPublishedCheckpoint } from './find-checkpoint.ts';
import { readHashes } from './read-hashes.ts';

/** That an entry is in its tree, against the newest checkpoint of it, which is in the root tree. */
export interface InclusionProof {
	readonly entryId: string;
	/** null: an entry of no firm. */
	readonly firmId: string | null;
	/** The leaf: the entry as canonical JSON. */
	readonly leaf: string;
	readonly index: number;
	/** 32 bytes. */
	readonly leafHash: Uint8Array;
	/** RFC 6962 section 2.1.1, lowest first. */
	readonly hashes: readonly Uint8Array[];
	readonly checkpoint: PublishedCheckpoint;
}

const HASH_LENGTH = 32;

/**
 * Two statements. null: there is no such entry that is published, or not for the transaction's firm.
 * @throws FirmsealError AUDIT_UNAVAILABLE when the entry, or leaves beside it, are missing.
 */
export async function proveInclusion(tx: Transaction, entryId: string): Promise<InclusionProof | null> {
	const row = await selectPublishedLeaf(tx, entryId);
	if (!row) return null;
	const { tree, index, leaf, firmId, checkpoint } = row;
	if (leaf === null)
		throw new FirmsealError(
			'AUDIT_UNAVAILABLE',
			'The entry is missing from the audit log: run `firmseal audit verify`.',
		);
	const [hashes = [], rootHashes = []] = await readHashes(tx, [
		{ tree, ranges: rangesOfInclusion(index, checkpoint.size) },
		{ tree: null, ranges: rootRangesOf(checkpoint) },
	]);
	return {
		entryId,
		firmId,
		leaf,
		index,
		leafHash: new Uint8Array(row.hashes.subarray(0, HASH_LENGTH)),
		hashes,
		checkpoint: toPublishedCheckpoint(tree, checkpoint, rootHashes),
	};
}

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes as string).toString('base64');

/** The proof as a C2SP tlog-proof, with the leaf itself as its extra data (src/audit/FORMAT.md "Proof file"). */
export const formatProofFile = ({ leaf, index, hashes, checkpoint }: InclusionProof): string =>
	[
		'c2sp.org/tlog-proof@v1',
		`extra ${base64(leaf)}`,
		`index ${index}`,
		...hashes.map(base64),
		'',
		checkpoint.note,
	].join('\n');

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
