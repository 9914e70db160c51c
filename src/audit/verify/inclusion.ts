import { AuditProofError } from './audit-proof-error.ts';
import { checkHashes, checkIntegers } from './check.ts';
import { nodeHash, sameBytes } from './hash.ts';
import { siblingsOf } from './proof-path.ts';

export interface Inclusion {
	/** Index of the leaf, from 0. */
	readonly index: number;
	/** Number of leaves of the tree. */
	readonly size: number;
	readonly leafHash: Uint8Array;
	/** From the leaf to the root (RFC 6962 section 2.1.1). */
	readonly proof: readonly Uint8Array[];
	readonly root: Uint8Array;
}

/**
 * Resolves if the tree with this size and root has the leaf at this index.
 * @throws AuditProofError if that is not proven.
 */
export async function verifyInclusion({ index, size, leafHash, proof, root }: Inclusion): Promise<void> {
	checkIntegers(index, size);
	checkHashes(proof);
	checkHashes([leafHash, root]);
	if (index >= size) throw new AuditProofError('The index of the leaf is outside the tree.');
	let hash = leafHash;
	for (const sibling of siblingsOf({ node: index, last: size - 1 }, proof)) {
		hash = await (sibling.isLeft ? nodeHash(sibling.hash, hash) : nodeHash(hash, sibling.hash));
	}
	if (!sameBytes(hash, root)) throw new AuditProofError('The inclusion proof does not lead to the root.');
}
