import { AuditProofError } from './audit-proof-error.ts';
import { decodeBase64 } from './base64.ts';
import type { Checkpoint } from './checkpoint.ts';
import { leafHash } from './hash.ts';
import { verifyInclusion } from './inclusion.ts';
import { createLeafChecks } from './leaf-checks.ts';
import { parseFirmOrigin } from './origin.ts';
import { decodeText } from './text.ts';
import { trustTree } from './trusted-keys.ts';

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
const INDEX = /^index (0|[1-9][0-9]{0,15})$/;
const MAX_FILE_BYTES = 1_200_000;

export interface VerifiedProof {
	/** The entry as in the log. */
	readonly leaf: string;
	readonly index: number;
	/** The checkpoint of the entry's tree. */
	readonly checkpoint: Checkpoint & { readonly note: string };
}

/**
 * Verifies a C2SP tlog-proof with the leaf in its `extra` line (FORMAT.md, "Proof file").
 * @param vkeys The keys of the tree, before and after a rotation. At least one must have signed.
 * @throws AuditProofError
 */
export async function verifyProofFile(file: string | Uint8Array, vkeys: readonly string[]): Promise<VerifiedProof> {
	const { leaf, index, proof, note } = parseProofFile(file);
	const { origin, keys } = await trustTree(vkeys);
	const { firm } = parseFirmOrigin(origin);
	const checkpoint = await keys.openCheckpoint(note, origin);
	await verifyInclusion({ index, size: checkpoint.size, leafHash: await leafHash(leaf), proof, root: checkpoint.root });
	createLeafChecks(firm)(leaf);
	return { leaf, index, checkpoint: { ...checkpoint, note } };
}

function parseProofFile(file: string | Uint8Array) {
	const text = typeof file === 'string' ? file : decodeText(file);
	if (text.length > MAX_FILE_BYTES) throw new AuditProofError('The proof file is longer than 1,200,000 bytes.');
	const blank = text.indexOf('\n\n');
	const [first, extra, index = '', ...hashes] = text.slice(0, Math.max(blank, 0)).split('\n');
	if (first !== FIRST_LINE) throw new AuditProofError('The file is not a proof file of version 1.');
	if (extra === undefined || !extra.startsWith('extra ')) {
		throw new AuditProofError('The proof file does not have the entry in its second line.');
	}
	const [, number] = INDEX.exec(index) ?? [];
	if (number === undefined) throw new AuditProofError('The proof file has no index in its third line.');
	const leaf = decodeText(decodeBase64(extra.slice('extra '.length)));
	return { leaf, index: Number(number), proof: hashes.map(decodeBase64), note: text.slice(blank + 2) };
}
