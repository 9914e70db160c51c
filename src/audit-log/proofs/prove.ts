import { rangesOfConsistency, rangesOfInclusion } from '../../audit/index.ts';
import {
	selectPublishedCheckpoint,
	selectPublishedLeaf,
	selectRootCheckpoint,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { readRanges } from '../leader/index.ts';
import { type PublishedCheckpoint, parseOwnNote, rootRangesOf, toPublishedCheckpoint } from './find-checkpoint.ts';

/** Proof that an entry is in its tree, against the tree's newest checkpoint, which is in the root tree. */
export interface InclusionProof {
	readonly entryId: string;
	/** null for an entry of no firm. */
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
 * Runs two statements. Returns null if no published entry has this id, or if it is not visible to the transaction's firm.
 * @throws FirmsealError AUDIT_UNAVAILABLE if the entry, or leaves that the proof needs, are missing.
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
	const [hashes = [], rootHashes = []] = await readRanges(tx, [
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

/** The proof as a C2SP tlog-proof, with the leaf as its extra data (src/audit/FORMAT.md "Proof file"). */
export const formatProofFile = ({ leaf, index, hashes, checkpoint }: InclusionProof): string =>
	[
		'c2sp.org/tlog-proof@v1',
		`extra ${base64(leaf)}`,
		`index ${index}`,
		...hashes.map(base64),
		'',
		checkpoint.note,
	].join('\n');

/** Proof that a tree of `to` leaves begins with the tree of `from` leaves. */
export interface ConsistencyProof {
	readonly origin: string;
	readonly from: number;
	readonly to: number;
	/** RFC 6962 section 2.1.2. Empty if `from` is 0 or equals `to`. */
	readonly hashes: readonly Uint8Array[];
}

/**
 * Runs two statements. `tree` is null for the root tree. Returns null if nothing of the tree is published, or if it is not visible to the
 * transaction's firm.
 * @throws FirmsealError BAD_USER_INPUT for a size that the tree doesn't have yet, or if `from` is larger than `to`; AUDIT_UNAVAILABLE if
 * leaves are missing.
 */
export async function proveConsistency(
	tx: Transaction,
	tree: string | null,
	from: number,
	to: number,
): Promise<ConsistencyProof | null> {
	if (from > to) throw new FirmsealError('BAD_USER_INPUT', 'The argument from must not be larger than to.');
	const row = await (tree === null ? selectRootCheckpoint(tx) : selectPublishedCheckpoint(tx, tree, null));
	if (!row) return null;
	if (to > row.size)
		throw new FirmsealError('BAD_USER_INPUT', 'The argument to must not be larger than the published size.');
	const [hashes = []] = await readRanges(tx, [{ tree, ranges: rangesOfConsistency(from, to) }]);
	return { origin: parseOwnNote(row.note).origin, from, to, hashes };
}
