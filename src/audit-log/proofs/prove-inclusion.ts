import { rangesOfInclusion } from '../../audit/index.ts';
import { selectPublishedLeaf, type Transaction } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type PublishedCheckpoint, rootRangesOf, toPublishedCheckpoint } from './find-checkpoint.ts';
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
