import { foldSubtrees, type LeafRange, type Subtree, storagePositionOf, subtreesIn } from '../../audit/index.ts';
import { selectProofHashes, type Transaction } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { nodeSha256 } from './note.ts';

const HASH_LENGTH = 32;

export class MissingLeavesError extends FirmsealError {
	override readonly name = 'MissingLeavesError';

	constructor() {
		super('AUDIT_UNAVAILABLE', 'Leaves of the audit log are missing: run `firmseal audit verify`.');
	}
}

/**
 * Hashes of complete subtrees, in the order of `wanted`, from the bytes that are stored with the last leaf of each. Runs one statement.
 * `tree` is null for the root tree.
 * @throws MissingLeavesError
 */
export async function readSubtrees(
	tx: Transaction,
	wanted: readonly { readonly tree: string | null; readonly subtree: Subtree }[],
): Promise<Uint8Array[]> {
	const places = wanted.map(({ tree, subtree }) => ({ tree, ...storagePositionOf(subtree) }));
	const stored = await selectProofHashes(
		tx,
		places.map(({ tree, leaf }) => ({ tree, index: leaf })),
	);
	return places.map(({ offset }, at) => {
		const hash = stored[at]?.subarray(offset, offset + HASH_LENGTH);
		if (hash?.length === HASH_LENGTH) return new Uint8Array(hash);
		throw new MissingLeavesError();
	});
}

/**
 * Hashes of ranges of trees, such as those of a proof: for each item of `asked`, one hash for each range. Runs one statement.
 * @throws MissingLeavesError
 */
export async function readRanges(
	tx: Transaction,
	asked: readonly { readonly tree: string | null; readonly ranges: readonly LeafRange[] }[],
): Promise<Uint8Array[][]> {
	const parts = asked.map(({ tree, ranges }) =>
		ranges.map((range) => subtreesIn(range).map((subtree) => ({ tree, subtree }))),
	);
	const hashes = (await readSubtrees(tx, parts.flat(2))).values();
	const take = (count: number) => Array.from({ length: count }, () => hashes.next().value as Uint8Array);
	return parts.map((ranges) => ranges.map((subtrees) => foldSubtrees(nodeSha256, take(subtrees.length))));
}
