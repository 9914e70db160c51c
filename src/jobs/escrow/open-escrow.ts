import { hash } from 'node:crypto';
import { decryptAgeFile, isAgeFile } from './age-file.ts';
import { assertCompatibleShare, assertEnoughShares, assertSharesMatchHeader } from './assert-shares.ts';
import { type OpenedEscrow, parseEscrow } from './escrow-file.ts';
import { wipeKeys } from './escrowed-key.ts';
import { combineShares, decodeIdentity } from './recovery-key.ts';
import { badInputError, damagedInputError } from './refusals.ts';
import { parseShare, type Share, wipeShares } from './share-file.ts';

export interface EscrowToOpen {
	/** The age file, binary. */
	readonly escrow: Uint8Array;
	/** Plaintexts of share files, of different holders, in any order. They are the caller's to overwrite. */
	readonly shares: readonly Uint8Array[];
}

/**
 * The keys of an escrow, all of them or none. Every share that is given has to fit, also those beyond the number that is needed.
 * The caller still has to compare each commitment with the one stored beside the wrapped key: enough holders together can
 * make an escrow of keys that never were.
 * @throws BAD_USER_INPUT when something else has to be given, CIPHERTEXT_INVALID when something is damaged or forged.
 */
export async function openEscrow({ escrow, shares }: EscrowToOpen): Promise<OpenedEscrow> {
	const taken: Share[] = [];
	try {
		for (const [index, plaintext] of shares.entries()) {
			const share = parseShare(plaintext, `Share ${index + 1}`);
			try {
				assertCompatibleShare(taken, share);
			} finally {
				taken.push(share);
			}
		}
		return await openWithShares(escrow, taken);
	} finally {
		wipeShares(taken);
	}
}

/** `shares`: each stands beside the others (assertCompatibleShare). @throws as openEscrow() */
export async function openWithShares(escrow: Uint8Array, shares: readonly Share[]): Promise<OpenedEscrow> {
	assertEnoughShares(shares);
	if (!isAgeFile(escrow)) throw badInputError('The escrow is not a binary age file: give the file as it was written.');
	if (hash('sha256', escrow, 'hex') !== shares[0]?.digest) {
		throw damagedInputError(
			'The escrow file is not the one that these shares were made with: it is of another escrow, was edited or is cut off.',
		);
	}
	const plaintext = await decryptAgeFile(await recover(shares), escrow);
	if (plaintext === null) throw damagedInputError('The shares combine to a key that does not open the escrow file.');
	try {
		const opened = parseEscrow(plaintext);
		try {
			assertSharesMatchHeader(opened.header, shares);
			return opened;
		} catch (error) {
			wipeKeys(opened.keys);
			throw error;
		}
	} finally {
		plaintext.fill(0);
	}
}

/** The identity of age as its string. */
async function recover(shares: readonly Share[]): Promise<string> {
	const combined = await combineShares(shares.map(({ share }) => share));
	try {
		const identity = await decodeIdentity(combined);
		if (identity !== null) return identity;
		throw damagedInputError(
			'The shares do not combine to a key: one of them is forged. Try without each of them in turn.',
		);
	} finally {
		combined.fill(0);
	}
}
