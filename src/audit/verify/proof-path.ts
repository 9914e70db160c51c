import { AuditProofError } from './audit-proof-error.ts';

/** A node's place in its level of the tree, and the place of the last node there: `fn` and `sn` of RFC 9162. */
interface NodePosition {
	readonly node: number;
	readonly last: number;
}

/** A hash of a proof, and where it stands beside the way up. */
interface Sibling {
	readonly hash: Uint8Array;
	readonly isLeft: boolean;
}

/**
 * The hashes of `proof` with their sides, in the order in which the way from `start` to the root meets them
 * (RFC 9162 sections 2.1.3.2 and 2.1.4.2).
 * @throws AuditProofError unless they are exactly as many as the way needs.
 */
export function siblingsOf(start: NodePosition, proof: readonly Uint8Array[]): Sibling[] {
	let place = start;
	const siblings = proof.map((hash) => {
		if (place.last === 0) throw new AuditProofError('A proof has more hashes than its tree has levels.');
		// The last node of a level, when it is a left one, has no sibling: it goes up as it is.
		while (place.node === place.last && !isRight(place)) place = parent(place);
		const isLeft = isRight(place);
		place = parent(place);
		return { hash, isLeft };
	});
	if (place.last !== 0) throw new AuditProofError('A proof has too few hashes for its tree.');
	return siblings;
}

/** Division, since places go beyond the 32 bits of the bit operators. */
export function parent({ node, last }: NodePosition): NodePosition {
	return { node: Math.floor(node / 2), last: Math.floor(last / 2) };
}

export function isRight({ node }: NodePosition): boolean {
	return node % 2 === 1;
}
