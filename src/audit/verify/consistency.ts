import { AuditProofError } from './audit-proof-error.ts';
import { checkHashes, checkIntegers } from './check.ts';
import { nodeHash, sameBytes, sha256 } from './hash.ts';
import { isRight, parent, siblingsOf } from './proof-path.ts';

export interface Consistency {
	/** Number of leaves of the older tree, at most `size2`. */
	readonly size1: number;
	readonly size2: number;
	readonly root1: Uint8Array;
	readonly root2: Uint8Array;
	/** RFC 6962 section 2.1.2. Empty if the older tree is empty or is the newer one. */
	readonly proof: readonly Uint8Array[];
}

/**
 * Resolves if the newer tree begins with the leaves of the older one, so that no leaf was removed or changed in between.
 * @throws AuditProofError if that is not proven.
 */
export async function verifyConsistency({ size1, size2, root1, root2, proof }: Consistency): Promise<void> {
	checkIntegers(size1, size2);
	checkHashes(proof);
	checkHashes([root1, root2]);
	if (size1 > size2) throw new AuditProofError('The older tree is larger than the newer one.');
	if (size1 === 0 && !sameBytes(root1, await sha256())) {
		throw new AuditProofError('The root of the empty tree is not SHA-256 of nothing.');
	}
	if (size1 === 0 || size1 === size2) {
		if (proof.length > 0) throw new AuditProofError('The consistency proof must be empty: these trees need none.');
		if (size1 === size2 && !sameBytes(root1, root2)) throw new AuditProofError('One tree has two roots.');
		return;
	}
	await climb({ size1, size2, root1, root2, proof });
}

/** RFC 9162 section 2.1.4.2, for 0 < size1 < size2: computes both roots from the same hashes. */
async function climb({ size1, size2, root1, root2, proof }: Consistency): Promise<void> {
	// The path begins at the last complete subtree of the older tree, which both trees have.
	let start = { node: size1 - 1, last: size2 - 1 };
	while (isRight(start)) start = parent(start);
	// If that subtree is the whole older tree, its hash is root1 and the proof omits it.
	const [shared, ...rest] = start.node === 0 ? [root1, ...proof] : proof;
	if (shared === undefined) throw new AuditProofError('A proof has too few hashes for its tree.');
	let older = shared;
	let newer = shared;
	for (const { hash, isLeft } of siblingsOf(start, rest)) {
		// A right sibling was added after the older tree.
		if (isLeft) older = await nodeHash(hash, older);
		newer = await (isLeft ? nodeHash(hash, newer) : nodeHash(newer, hash));
	}
	if (!sameBytes(older, root1)) throw new AuditProofError('The consistency proof does not lead to the older root.');
	if (!sameBytes(newer, root2)) throw new AuditProofError('The consistency proof does not lead to the newer root.');
}
