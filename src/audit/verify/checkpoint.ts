import { AuditProofError } from './audit-proof-error.ts';
import { decodeBase64 } from './base64.ts';
import { checkHashes, checkIntegers } from './check.ts';
import { openNote } from './signed-note.ts';
import { parseVerifierKey } from './verifier-key.ts';

/** The signed state of a tree at one time. */
export interface Checkpoint {
	/** The name of the tree, and of the key that signs it. */
	readonly origin: string;
	/** Number of leaves. */
	readonly size: number;
	readonly root: Uint8Array;
}

/** Origin, size and root. */
const LINES = 3;
const DECIMAL = /^(0|[1-9][0-9]*)$/;

/**
 * Verifies a C2SP tlog-checkpoint that the key of `vkey` has signed, and that is about the tree of that key's name.
 * @throws AuditProofError if the key has not signed it, if it is about another tree, or if the note or `vkey` is malformed.
 */
export async function verifyCheckpoint(note: string | Uint8Array, vkey: string): Promise<Checkpoint> {
	const key = await parseVerifierKey(vkey);
	return parseCheckpoint(await openNote(note, key), key.name);
}

/**
 * Parses the text of a note of Firmseal about the tree named `origin`, after its signature has verified. The text has exactly three lines:
 * a reader could take further lines for the verifier's own output, and a shell could run them.
 * @throws AuditProofError if the text is about another tree, is malformed, or has more lines.
 */
export function parseOwnCheckpoint(text: string, origin: string): Checkpoint {
	const checkpoint = parseCheckpoint(text, origin);
	if (text.split('\n').length > LINES + 1) throw new AuditProofError('The checkpoint has more than its three lines.');
	return checkpoint;
}

/** Parses any C2SP tlog-checkpoint, and ignores its extension lines. */
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
