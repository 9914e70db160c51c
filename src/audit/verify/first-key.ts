import { readAnchor } from './anchor.ts';
import { AuditProofError } from './audit-proof-error.ts';
import { linesOf } from './lines.ts';
import { rootOriginOf } from './origin.ts';
import { parseRootLeaf } from './root-leaf.ts';

/** The vkey that a leaf of the root tree names; null: it names none, or is no leaf of a root tree. */
export function signerKeyOf(leaf: string): string | null {
	try {
		const read = parseRootLeaf(leaf);
		return read.kind === 'signer' ? read.key : null;
	} catch (error) {
		if (error instanceof AuditProofError) return null;
		throw error;
	}
}

/**
 * The vkey of the root tree that the log says it began with, from its first anchor. It is believed only by who was told so elsewhere.
 * @throws AuditProofError
 */
export async function readFirstKey(anchor: AsyncIterable<Uint8Array>, installation: string): Promise<string> {
	let key: string | null = null;
	await readAnchor(linesOf(anchor), {
		onLeaf({ origin, index, leaf }) {
			if (origin === rootOriginOf(installation) && index === 0) key = signerKeyOf(leaf);
		},
	});
	if (key === null) throw new AuditProofError('The log does not begin with a verifier key.');
	return key;
}
