import { hash } from 'node:crypto';
import { decryptAgeFile, isAgeFile } from './age-file.ts';
import { assertCompatibleShare, assertEnoughShares, assertSharesMatchHeader } from './assert-shares.ts';
import { type OpenedEscrow, parseEscrow } from './escrow-file.ts';
import { wipeKeys } from './escrowed-key.ts';
import { combineShares, decodeIdentity } from './recovery-key.ts';
import { badInputError, damagedInputError } from './refusals.ts';
import { parseShare, type Share, wipeShares } from './share-file.ts';

export interface EscrowToOpen {
	/** The binary age file. */
	readonly escrow: Uint8Array;
	/** Plaintexts of share files of different holders, in any order. The caller overwrites them. */
	readonly shares: readonly Uint8Array[];
}

/**
 * All keys of an escrow, or none. Every given share must fit, even beyond the number that is needed. The caller must still compare each
 * commitment with the one stored beside the wrapped key: enough holders together can make an escrow of invented keys.
 * @throws BAD_USER_INPUT if something else must be given; CIPHERTEXT_INVALID if something is damaged or forged
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

/** `shares`: they all fit each other (assertCompatibleShare). @throws as openEscrow() does */
export async function openWithShares(escrow: Uint8Array, shares: readonly Share[]): Promise<OpenedEscrow> {
	assertEnoughShares(shares);
	if (!isAgeFile(escrow))
		throw badInputError('The escrow is not a binary age file: give the file exactly as it was written.');
	if (hash('sha256', escrow, 'hex') !== shares[0]?.digest) {
		throw damagedInputError(
			'The escrow file does not belong to these shares: it is of another escrow, was edited or is cut off.',
		);
	}
	const plaintext = await decryptAgeFile(await recover(shares), escrow);
	if (plaintext === null) throw damagedInputError('The key that the shares combine to does not open the escrow file.');
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

/** The age identity as text. */
async function recover(shares: readonly Share[]): Promise<string> {
	const combined = await combineShares(shares.map(({ share }) => share));
	try {
		const identity = await decodeIdentity(combined);
		if (identity !== null) return identity;
		throw damagedInputError(
			'The shares do not form a key, so one of them is forged: leave out each share in turn, and try again.',
		);
	} finally {
		combined.fill(0);
	}
}
