import { AuditProofError } from './audit-proof-error.ts';
import { decodeBase64 } from './base64.ts';
import { checkHashes, checkIntegers } from './check.ts';
import { openNote } from './signed-note.ts';
import { parseVerifierKey } from './verifier-key.ts';

/** A tree at one time, as its log signed it. */
export interface Checkpoint {
	/** Which tree: the name of the key that signs it. */
	readonly origin: string;
	/** Number of leaves. */
	readonly size: number;
	readonly root: Uint8Array;
}

/** Origin, size and root. */
const LINES = 3;
const DECIMAL = /^(0|[1-9][0-9]*)$/;

/**
 * Reads a C2SP tlog-checkpoint that is signed by `vkey`'s key and is about the tree of that key's name.
 * @throws AuditProofError when it is not signed so, is about another tree, or is malformed; or when `vkey` is.
 */
export async function verifyCheckpoint(note: string | Uint8Array, vkey: string): Promise<Checkpoint> {
	const key = await parseVerifierKey(vkey);
	return parseCheckpoint(await openNote(note, key), key.name);
}

/**
 * What the text of a note of ours says, once a signature on it has verified, of the tree named `origin`. It has three lines: a
 * reader would take anything more for the verifier's words, and a shell for commands.
 * @throws AuditProofError when it is about another tree, malformed, or says more.
 */
export function parseOwnCheckpoint(text: string, origin: string): Checkpoint {
	const checkpoint = parseCheckpoint(text, origin);
	if (text.split('\n').length > LINES + 1) throw new AuditProofError('The checkpoint has more than its three lines.');
	return checkpoint;
}

/** Of any C2SP tlog-checkpoint, which may say more: that is passed over. */
function parseCheckpoint(text: string, origin: string): Checkpoint {
	const [name, size, root, ...extensions] = text.slice(0, -1).split('\n');
	if (name !== origin) throw new AuditProofError('The checkpoint is about another tree than the verifier key.');
	if (extensions.includes('')) throw new AuditProofError('The checkpoint has an empty line.');
	return { origin, size: parseSize(size), root: parseRoot(root) };
}

function parseSize(line = ''): number {
	if (!DECIMAL.test(line)) throw new AuditProofError('The size of the checkpoint is not a decimal number.');
	const size = Number(line);
	checkIntegers(size);
	return size;
}

function parseRoot(line = ''): Uint8Array {
	const root = decodeBase64(line);
	checkHashes([root]);
	return root;
}
