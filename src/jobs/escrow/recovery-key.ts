import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { combine, split } from 'shamir-secret-sharing';

/** `AGE-SECRET-KEY-1` and 58 characters of Bech32. The text is what is shared, so that combining gives what `age -i` takes. */
const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/;
const IDENTITY_LENGTH = 74;

/** Bytes of a share: one for each of the text, and last the x coordinate. */
export const SHARE_LENGTH = IDENTITY_LENGTH + 1;

export interface RecoveryKey {
	/** Of the one escrow file. Nobody is told it: who knows it could write another file that the shares open. */
	readonly recipient: string;
	/** ASCII, 74 bytes; overwritten by whoever asked. */
	readonly identity: Uint8Array;
}

/** The library makes the identity as a string, which stays in memory until it is collected. */
export async function generateRecoveryKey(): Promise<RecoveryKey> {
	const identity = await generateX25519Identity();
	return { recipient: await identityToRecipient(identity), identity: new TextEncoder().encode(identity) };
}

/** One share for each holder, any `threshold` of which give the identity, and fewer nothing. */
export function splitIdentity(identity: Uint8Array, holders: number, threshold: number): Promise<Uint8Array[]> {
	return split(identity, holders, threshold);
}

/** The x coordinate of a share; never 0 in a share that was made by splitting. */
export const coordinateOf = (share: Uint8Array): number => share[SHARE_LENGTH - 1] ?? 0;

/** ASCII; what comes out of shares that are wrong or too few is noise. The caller overwrites it. */
export function combineShares(shares: readonly Uint8Array[]): Promise<Uint8Array> {
	return combine([...shares]);
}

/**
 * The identity that `combined` spells, as the string that the library takes and nobody can overwrite; null when it is noise,
 * which the checksum of Bech32 tells.
 */
export async function decodeIdentity(combined: Uint8Array): Promise<string | null> {
	const text = Buffer.from(combined.buffer, combined.byteOffset, combined.length).toString('latin1');
	if (!IDENTITY.test(text)) return null;
	return identityToRecipient(text).then(
		() => text,
		() => null,
	);
}
