import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { combine, split } from 'shamir-secret-sharing';

/** `AGE-SECRET-KEY-1` and 58 characters of Bech32. The shares are of this text, so that combining them gives what `age -i` takes. */
const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/;
const IDENTITY_LENGTH = 74;

/** Bytes of a share: one for each byte of the text, and the x coordinate last. */
export const SHARE_LENGTH = IDENTITY_LENGTH + 1;

export interface RecoveryKey {
	/** The recipient of the escrow file. It is kept secret: someone who knows it could write another file that the shares open. */
	readonly recipient: string;
	/** ASCII, 74 bytes. The caller overwrites it. */
	readonly identity: Uint8Array;
}

/** The library makes the identity as a string, which stays in memory until it is garbage-collected. */
export async function generateRecoveryKey(): Promise<RecoveryKey> {
	const identity = await generateX25519Identity();
	return { recipient: await identityToRecipient(identity), identity: new TextEncoder().encode(identity) };
}

/** One share for each holder. Any `threshold` of them give the identity; fewer give nothing. */
export function splitIdentity(identity: Uint8Array, holders: number, threshold: number): Promise<Uint8Array[]> {
	return split(identity, holders, threshold);
}

/** The x coordinate of a share. Splitting never makes 0. */
export const coordinateOf = (share: Uint8Array): number => share[SHARE_LENGTH - 1] ?? 0;

/** The combined ASCII text. Wrong or too few shares give noise. The caller overwrites the bytes. */
export function combineShares(shares: readonly Uint8Array[]): Promise<Uint8Array> {
	return combine([...shares]);
}

/**
 * The identity that `combined` contains, as the string that the library takes and that can't be overwritten; null if it is noise, which the
 * Bech32 checksum shows.
 */
export async function decodeIdentity(combined: Uint8Array): Promise<string | null> {
	const text = Buffer.from(combined.buffer, combined.byteOffset, combined.length).toString('latin1');
	if (!IDENTITY.test(text)) return null;
	return identityToRecipient(text).then(
		() => text,
		() => null,
	);
}
