import { AuditProofError } from './audit-proof-error.ts';
import { decodeBase64 } from './base64.ts';
import { decodeText, encodeText } from './text.ts';
import { KEY_ID_LENGTH, keyIdOf, type VerifierKey } from './verifier-key.ts';

const MAX_NOTE_BYTES = 1_000_000;
const MAX_SIGNATURES = 100;
const ED25519_SIGNATURE_LENGTH = 64;
/** Em dash, space, key name, space, base64. */
const SIGNATURE_LINE = /^\u2014 (?<name>[^\s+]+) (?<base64>\S+)$/u;
const CONTROL_CHARACTER = /[^\P{Cc}\n]/u;

/** A signature line of a note. */
export interface NoteSignature {
	/** The line of the note. */
	readonly line: string;
	readonly name: string;
	/** 8 lower-case hexadecimal digits. */
	readonly id: string;
	/** What follows the key id. */
	readonly signature: Uint8Array<ArrayBuffer>;
}

/** The text and the signers of a note. */
export interface OpenedNote {
	/** With its last newline. */
	readonly text: string;
	/** The given keys that have signed the note, at least one. */
	readonly signers: readonly VerifierKey[];
	/** The note with only the signatures of `signers`. */
	readonly own: string;
}

/**
 * The text of a C2SP signed note, with its last newline, if `key` has signed it. Ignores signatures by other keys. Every signature that
 * names `key` must verify.
 * @throws AuditProofError if no signature names `key`, if one does not verify, or if the note is malformed.
 */
export async function openNote(note: string | Uint8Array, key: VerifierKey): Promise<string> {
	return (await openNoteByAny(note, [key])).text;
}

/**
 * openNote() with several keys, of which at least one must have signed.
 * @throws AuditProofError as openNote() does, for each key that a signature names.
 */
export async function openNoteByAny(note: string | Uint8Array, keys: readonly VerifierKey[]): Promise<OpenedNote> {
	const { text, signatures } = parseNote(note);
	const signers: VerifierKey[] = [];
	const verified = new Set<NoteSignature>();
	for (const key of keys) {
		const own = signatures.filter(({ name, id }) => name === key.name && id === key.id);
		if (own.length === 0) continue;
		await verifyAll(text, own, key);
		signers.push(key);
		for (const signature of own) verified.add(signature);
	}
	if (signers.length === 0) throw new AuditProofError('The note has no signature by the verifier key.');
	const lines = signatures.filter((signature) => verified.has(signature)).map(({ line }) => `${line}\n`);
	return { text, signers, own: `${text}\n${lines.join('')}` };
}

type PublicKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** Imported keys: an import costs as much as a verification, and a log has many notes by one key. */
const imported = new WeakMap<VerifierKey, Promise<PublicKey>>();

function publicKeyOf(key: VerifierKey): Promise<PublicKey> {
	const made =
		imported.get(key) ?? crypto.subtle.importKey('raw', new Uint8Array(key.publicKey), 'Ed25519', false, ['verify']);
	imported.set(key, made);
	return made;
}

async function verifyAll(text: string, signatures: readonly NoteSignature[], key: VerifierKey): Promise<void> {
	for (const { signature } of signatures)
		if (!(await isSignedBy(key, signature, text)))
			throw new AuditProofError('A signature by the verifier key does not verify.');
}

/** Whether `signature` is that of `key`, by Ed25519, over the text. */
export async function isSignedBy(key: VerifierKey, signature: Uint8Array<ArrayBuffer>, text: string): Promise<boolean> {
	// Some platforms throw for a signature of another length.
	if (signature.length !== ED25519_SIGNATURE_LENGTH) return false;
	return crypto.subtle.verify('Ed25519', await publicKeyOf(key), signature, encodeText(text));
}

/**
 * The text and the signature lines of a note. No signature is verified.
 * @throws AuditProofError if the note is malformed.
 */
export const parseNote = (note: string | Uint8Array) => splitNote(readNote(note));

function readNote(note: string | Uint8Array): string {
	const bytes = note instanceof Uint8Array ? note : encodeText(note);
	if (bytes.length > MAX_NOTE_BYTES) throw new AuditProofError('The note is longer than 1,000,000 bytes.');
	const text = decodeText(bytes);
	if (CONTROL_CHARACTER.test(text)) throw new AuditProofError('The note has a control character.');
	return text;
}

/** The text may have empty lines: the last empty line separates it from the signatures. */
function splitNote(note: string): { text: string; signatures: NoteSignature[] } {
	const blank = note.lastIndexOf('\n\n');
	if (blank === -1 || !note.endsWith('\n')) {
		throw new AuditProofError('The note is not a text, an empty line and signature lines.');
	}
	const lines = note.slice(blank + 2, -1).split('\n');
	if (lines.length > MAX_SIGNATURES) throw new AuditProofError('The note has more than 100 signatures.');
	return { text: note.slice(0, blank + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
	const { name, base64 } = SIGNATURE_LINE.exec(line)?.groups ?? {};
	if (name === undefined || base64 === undefined) throw new AuditProofError('A signature line is malformed.');
	const bytes = decodeBase64(base64);
	if (bytes.length <= KEY_ID_LENGTH) throw new AuditProofError('A signature line has no signature.');
	return { line, name, id: keyIdOf(bytes), signature: bytes.slice(KEY_ID_LENGTH) };
}
