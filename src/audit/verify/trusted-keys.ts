import { AuditProofError } from './audit-proof-error.ts';
import { type Checkpoint, parseOwnCheckpoint } from './checkpoint.ts';
import { openNoteByAny } from './signed-note.ts';
import { keyUnderName, parseVerifierKey, type VerifierKey } from './verifier-key.ts';

/** Public keys of one installation that a verifier trusts: one, or those before and after a rotation. */
export interface TrustedKeys {
	/**
	 * Opens a checkpoint of the tree named `origin`, which at least one of the keys must have signed under that name.
	 * @throws AuditProofError as verifyCheckpoint() does, and for a text of more than three lines.
	 */
	openCheckpoint(note: string | Uint8Array, origin: string): Promise<Checkpoint>;
	/** openCheckpoint(), with the keys that have signed. */
	openSigned(note: string | Uint8Array, origin: string): Promise<SignedCheckpoint>;
}

/** A checkpoint and the keys that have signed it under the name of its tree. */
export interface SignedCheckpoint extends Checkpoint {
	readonly signers: readonly VerifierKey[];
}

/**
 * The keys of `vkeys`, which must all belong to the tree named `origin`. The keys also verify the other trees of the installation, because
 * one key signs for all.
 * @throws AuditProofError if there is no key, or a key is malformed or belongs to another tree.
 */
export async function trustKeys(vkeys: readonly string[], origin: string): Promise<TrustedKeys> {
	const keys = await Promise.all(vkeys.map(parseVerifierKey));
	if (keys.length === 0) throw new AuditProofError('No verifier key is given.');
	if (keys.some(({ name }) => name !== origin)) {
		throw new AuditProofError('A verifier key belongs to another tree than the one that the file names.');
	}
	const open = async (note: string | Uint8Array, origin: string) => {
		const { text, signers } = await openNoteByAny(note, await underName(origin, keys));
		return { checkpoint: parseOwnCheckpoint(text, origin), signers };
	};
	return {
		openCheckpoint: async (note, origin) => (await open(note, origin)).checkpoint,
		async openSigned(note, origin) {
			const { checkpoint, signers } = await open(note, origin);
			return { ...checkpoint, signers };
		},
	};
}

/**
 * The keys of `vkeys`, and their tree.
 * @throws AuditProofError as trustKeys() does.
 */
export async function trustTree(vkeys: readonly string[]): Promise<{ origin: string; keys: TrustedKeys }> {
	const origin = (await Promise.all(vkeys.slice(0, 1).map(parseVerifierKey)))[0]?.name ?? '';
	return { origin, keys: await trustKeys(vkeys, origin) };
}

/**
 * Opens a checkpoint of Firmseal that a person has kept, with the keys of its tree.
 * @throws AuditProofError as trustKeys() and openCheckpoint() do.
 */
export async function openKeptCheckpoint(
	note: string | Uint8Array,
	vkeys: readonly string[],
): Promise<SignedCheckpoint> {
	const { origin, keys } = await trustTree(vkeys);
	return keys.openSigned(note, origin);
}

function underName(name: string, keys: readonly VerifierKey[]): Promise<VerifierKey[]> {
	return Promise.all(keys.map(({ publicKey }) => keyUnderName(name, publicKey)));
}
