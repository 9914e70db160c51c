import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { type EscrowedKey, type HolderSide, type ShareHolder, sealEscrow } from '../../../src/jobs/escrow/index.ts';
import { deriveCommitment } from '../../../src/keys/index.ts';

export const FIRM = '0190a0b0-c000-7000-8000-0000000000f1';
export const OTHER_FIRM = '0190a0b0-c000-7000-8000-0000000000f2';
export const AT = new Date('2026-11-26T20:15:00.000Z');

/** A data key with its commitment. The same arguments give the same key. */
export function keyOf(firm: string, keyClass: string, version: number): EscrowedKey {
	const key = new Uint8Array(32).map(
		(_, index) => (keyClass.charCodeAt(index % keyClass.length) * 7 + version * 31 + index * 13) & 255,
	);
	return { firm, class: keyClass, version, key, commitment: deriveCommitment(key, { firm, class: keyClass, version }) };
}

export const KEYS = [keyOf(FIRM, 'NOTE', 1), keyOf(FIRM, 'NOTE', 2), keyOf(FIRM, 'RIGHTS', 1)];

export interface TestHolder extends ShareHolder {
	readonly identity: string;
}

export async function holdersOf(...sides: readonly HolderSide[]): Promise<TestHolder[]> {
	const named = sides.map(async (side, index) => {
		const identity = await generateX25519Identity();
		return { name: `holder-${index + 1}`, side, identity, recipient: await identityToRecipient(identity) };
	});
	return Promise.all(named);
}

/** An escrow, and the plaintext that each holder decrypts. */
export async function sealedFor(
	holders: readonly TestHolder[],
	threshold: number,
	keys: readonly EscrowedKey[] = KEYS,
) {
	const sealed = await sealEscrow({ installation: 'seal.example', firm: FIRM, keys, holders, threshold, at: AT });
	const plaintexts = sealed.shares.map(({ file }, index) => decrypt(holders[index]?.identity ?? '', file));
	return { ...sealed, plaintexts: await Promise.all(plaintexts) };
}

export function decrypt(identity: string, file: Uint8Array): Promise<Uint8Array> {
	const decrypter = new Decrypter();
	decrypter.addIdentity(identity);
	return decrypter.decrypt(file);
}

export function encrypt(recipient: string, plaintext: Uint8Array): Promise<Uint8Array> {
	const encrypter = new Encrypter();
	encrypter.addRecipient(recipient);
	return encrypter.encrypt(plaintext);
}

/** Every combination of `size` items of `list`. */
export function choices<Item>(list: readonly Item[], size: number): Item[][] {
	if (size === 0) return [[]];
	return list.flatMap((item, index) => choices(list.slice(index + 1), size - 1).map((rest) => [item, ...rest]));
}
