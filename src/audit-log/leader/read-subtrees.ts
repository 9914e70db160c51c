import { foldSubtrees, type LeafRange, type Subtree, storagePositionOf, subtreesIn } from '../../audit/index.ts';
import { FirmsealError } from '../../errors.ts';
import { nodeSha256 } from './note.ts';

const HASH_LENGTH = 32;

/** Somebody has removed leaves. */
export class MissingLeavesError extends FirmsealError {
	override readonly name = 'MissingLeavesError';

	constructor() {
		super('AUDIT_UNAVAILABLE', 'Leaves of the audit log are missing: run `firmseal audit verify`.');
	}
}

/** What is stored with leaves, in the order asked; null: there is no such leaf. */
export type ReadLeaves<Tree> = (
	places: readonly { readonly tree: Tree; readonly index: number }[],
) => Promise<readonly (Uint8Array | null)[]>;

/**
 * Hashes of complete subtrees, in their order, from what is stored with their last leaves.
 * @throws MissingLeavesError
 */
export async function readSubtrees<Tree>(
	wanted: readonly { readonly tree: Tree; readonly subtree: Subtree }[],
	read: ReadLeaves<Tree>,
): Promise<Uint8Array[]> {
	const places = wanted.map(({ tree, subtree }) => ({ tree, ...storagePositionOf(subtree) }));
	const stored = await read(places.map(({ tree, leaf }) => ({ tree, index: leaf })));
	return places.map(({ offset }, at) => {
		const hash = stored[at]?.subarray(offset, offset + HASH_LENGTH);
		if (hash?.length === HASH_LENGTH) return new Uint8Array(hash);
		throw new MissingLeavesError();
	});
}

/** Hashes of ranges of trees, such as those of a proof: for each tree asked, one for each of its ranges; read at once. */
export async function readRanges<Tree>(
	asked: readonly { readonly tree: Tree; readonly ranges: readonly LeafRange[] }[],
	read: ReadLeaves<Tree>,
): Promise<Uint8Array[][]> {
	const parts = asked.map(({ tree, ranges }) =>
		ranges.map((range) => subtreesIn(range).map((subtree) => ({ tree, subtree }))),
	);
	const hashes = (await readSubtrees(parts.flat(2), read)).values();
	const take = (count: number) => Array.from({ length: count }, () => hashes.next().value as Uint8Array);
	return parts.map((ranges) => ranges.map((subtrees) => foldSubtrees(nodeSha256, take(subtrees.length))));
}
