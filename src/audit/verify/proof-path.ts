import { AuditProofError } from './audit-proof-error.ts';

/** The position of a node in its level of the tree, and that of the last node of the level: `fn` and `sn` of RFC 9162. */
interface NodePosition {
	readonly node: number;
	readonly last: number;
}

/** A hash of a proof, and its side of the path. */
interface Sibling {
	readonly hash: Uint8Array;
	readonly isLeft: boolean;
}

/**
 * The hashes of `proof` with their sides, in the order of the path from `start` to the root (RFC 9162 sections 2.1.3.2 and 2.1.4.2).
 * @throws AuditProofError unless the proof has exactly as many hashes as the path needs.
 */
export function siblingsOf(start: NodePosition, proof: readonly Uint8Array[]): Sibling[] {
	let place = start;
	const siblings = proof.map((hash) => {
		if (place.last === 0) throw new AuditProofError('A proof has more hashes than its tree has levels.');
		// The last node of a level, if it is a left one, has no sibling and moves up unchanged.
		while (place.node === place.last && !isRight(place)) place = parent(place);
		const isLeft = isRight(place);
		place = parent(place);
		return { hash, isLeft };
	});
	if (place.last !== 0) throw new AuditProofError('A proof has too few hashes for its tree.');
	return siblings;
}

/** Division, because positions exceed the 32 bits of the bit operators. */
export function parent({ node, last }: NodePosition): NodePosition {
	return { node: Math.floor(node / 2), last: Math.floor(last / 2) };
}

export function isRight({ node }: NodePosition): boolean {
	return node % 2 === 1;
}
