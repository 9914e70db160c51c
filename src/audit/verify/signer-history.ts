import { AuditProofError } from './audit-proof-error.ts';
import { type Checkpoint, parseOwnCheckpoint } from './checkpoint.ts';
import { type FreshCheckpoint, verifyFreshBy } from './fresh-checkpoint.ts';
import { openNoteByAny } from './signed-note.ts';
import { keyUnderName, parseVerifierKey, type VerifierKey } from './verifier-key.ts';

/** The keys that have signed for an installation, in the order of the signer leaves of its root tree. */
export interface SignerHistory {
	/** The number of keys so far. The last one is in force. */
	readonly length: number;
	/** vkey of the root tree for the key in force. */
	readonly vkey: string;
	/**
	 * Puts `vkey` in force.
	 * @throws AuditProofError if it is not a key of the root tree, or was in force before.
	 */
	follow(vkey: string): Promise<void>;
	/**
	 * Opens a note of the tree named `origin`. All keys from number `since` to the key in force must have signed it, so that trust in one
	 * key leads to the next.
	 * @throws AuditProofError
	 */
	openCheckpoint(note: string, origin: string, since: number): Promise<Checkpoint>;
	/**
	 * Opens a checkpoint of the tree named `origin` that any of the keys has signed and cosigned with a time.
	 * @throws AuditProofError
	 */
	openFresh(note: string, origin: string): Promise<FreshCheckpoint>;
}

/** @throws AuditProofError if `vkey`, the first key, is malformed. */
export async function createSignerHistory(vkey: string): Promise<SignerHistory> {
	const { name: root, publicKey } = await parseVerifierKey(vkey);
	const vkeys = [vkey];
	const publicKeys = [publicKey];
	// A cache: the key id under a name costs a hash, and each tree has many checkpoints.
	const named = new Map<string, VerifierKey[]>();

	async function keysOf(origin: string): Promise<VerifierKey[]> {
		const keys = named.get(origin) ?? [];
		for (const publicKey of publicKeys.slice(keys.length)) keys.push(await keyUnderName(origin, publicKey));
		named.set(origin, keys);
		return keys;
	}

	return {
		get length() {
			return vkeys.length;
		},
		get vkey() {
			return vkeys.at(-1) as string;
		},
		async follow(next) {
			const { name, publicKey } = await parseVerifierKey(next);
			if (name !== root) throw new AuditProofError('A signer is not a key of the root tree.');
			if (vkeys.includes(next)) throw new AuditProofError('A signer has been in force before.');
			vkeys.push(next);
			publicKeys.push(publicKey);
		},
		async openCheckpoint(note, origin, since) {
			const keys = (await keysOf(origin)).slice(since);
			const { text, signers } = await openNoteByAny(note, keys);
			if (signers.length < keys.length) {
				throw new AuditProofError('A checkpoint is not signed by each key that should have signed it.');
			}
			return parseOwnCheckpoint(text, origin);
		},
		openFresh: async (note, origin) => verifyFreshBy(note, await keysOf(origin)),
	};
}
