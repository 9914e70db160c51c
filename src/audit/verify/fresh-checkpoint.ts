import { AuditProofError } from './audit-proof-error.ts';
import { type Checkpoint, parseOwnCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import { isSignedBy, openNoteByAny, parseNote } from './signed-note.ts';
import { keyIdFor, parseVerifierKey, type VerifierKey } from './verifier-key.ts';

/** A checkpoint, and when its key says that it was the newest. */
export interface FreshCheckpoint extends Checkpoint {
	/** Unix seconds, of the newest cosignature. */
	readonly time: number;
}

/** Type byte of a cosignature with a time (C2SP tlog-cosignature). It gives a key another id than for signatures of notes. */
const COSIGNATURE = 0x04;
const TIME_LENGTH = 8;

/**
 * Verifies a checkpoint that the key of `vkey` has signed, and also cosigned with a time (C2SP tlog-cosignature, cosignature/v1) under the
 * same name. Ignores lines of other keys.
 * @throws AuditProofError as verifyCheckpoint() does, and if no cosignature names the key or one does not verify.
 */
export async function verifyFreshCheckpoint(note: string | Uint8Array, vkey: string): Promise<FreshCheckpoint> {
	const checkpoint = await verifyCheckpoint(note, vkey);
	return { ...checkpoint, time: await timeOfCosignature(note, await parseVerifierKey(vkey)) };
}

/**
 * The same for a checkpoint of Firmseal that at least one of `keys`, all under the name of its tree, has signed and cosigned.
 * @throws AuditProofError as verifyFreshCheckpoint() does, and for a text of more than three lines.
 */
export async function verifyFreshBy(note: string, keys: readonly VerifierKey[]): Promise<FreshCheckpoint> {
	const { text, signers } = await openNoteByAny(note, keys);
	const times = await Promise.all(signers.map((key) => timeOfCosignature(note, key)));
	return { ...parseOwnCheckpoint(text, signers[0]?.name ?? ''), time: Math.max(...times) };
}

async function timeOfCosignature(note: string | Uint8Array, key: VerifierKey): Promise<number> {
	const { text, signatures } = parseNote(note);
	const id = await keyIdFor(key.name, key.publicKey, COSIGNATURE);
	let newest: number | null = null;
	for (const { signature } of signatures.filter((each) => each.name === key.name && each.id === id)) {
		const time = timeOf(signature);
		if (!(await isSignedBy(key, signature.slice(TIME_LENGTH), `cosignature/v1\ntime ${time}\n${text}`)))
			throw new AuditProofError('A cosignature by the verifier key does not verify.');
		newest = Math.max(newest ?? 0, time);
	}
	if (newest === null) throw new AuditProofError('The checkpoint has no cosignature by the verifier key.');
	return newest;
}

/** The time that a cosignature begins with. */
function timeOf(signature: Uint8Array<ArrayBuffer>): number {
	const time =
		signature.length < TIME_LENGTH ? -1n : new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
	if (time < 0n || time > Number.MAX_SAFE_INTEGER)
		throw new AuditProofError('The time of a cosignature is not a number of seconds.');
	return Number(time);
}
