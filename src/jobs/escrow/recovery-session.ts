import type { webcrypto } from 'node:crypto';
import { identityToRecipient } from 'age-encryption';
import { FirmsealError } from '../../errors.ts';
import { decryptAgeFile } from './age-file.ts';
import { assertCompatibleShare } from './assert-shares.ts';
import type { OpenedEscrow } from './escrow-file.ts';
import { openWithShares } from './open-escrow.ts';
import type { HolderSide } from './plan.ts';
import { badInputError } from './refusals.ts';
import { parseShare, type Share, wipeShares } from './share-file.ts';

export interface AcceptedShare {
	readonly escrowId: string;
	/** Name. */
	readonly holder: string;
	readonly side: HolderSide;
	/** The holder's place among all, counted from 1. */
	readonly index: number;
	/** Shares taken so far, with this one. */
	readonly have: number;
	/** Shares that the escrow needs. */
	readonly need: number;
}

/** Shares come here encrypted, so that no holder's own key and no share is ever in the shell of whoever recovers. */
export interface RecoverySession {
	/** `age1…`: holders encrypt to it. */
	readonly recipient: string;
	/**
	 * Takes what a holder made by `age -d -i own.key share.age | age -r <recipient>`, binary.
	 * @throws BAD_USER_INPUT, CIPHERTEXT_INVALID when it is no share or does not fit those taken before, which stay.
	 */
	acceptShare(file: Uint8Array): Promise<AcceptedShare>;
	/** Whether as many shares are there as the escrow needs. */
	isEnough(): boolean;
	/** openEscrow() with the shares taken, which stay. */
	open(escrow: Uint8Array): Promise<OpenedEscrow>;
	/** Forgets shares and key; nothing can be asked of the session afterwards. */
	close(): void;
}

/** A share to the session has a fifth of it; a longer file is not read. */
const LARGEST_FILE = 4096;

/** What every share has to be of, where that is known before the first. */
export interface ExpectedEscrow {
	readonly firm: string;
	/** SHA-256 of the escrow file, in lower-case hex. */
	readonly digest: string;
}

export async function createRecoverySession(expected?: ExpectedEscrow): Promise<RecoverySession> {
	// Not extractable: no code of this process can write the key anywhere.
	const pair = (await crypto.subtle.generateKey('X25519', false, ['deriveBits'])) as webcrypto.CryptoKeyPair;
	const recipient = await identityToRecipient(pair.privateKey);
	let identity: webcrypto.CryptoKey | null = pair.privateKey;
	const taken: Share[] = [];

	function openIdentity(): webcrypto.CryptoKey {
		if (identity === null) throw new FirmsealError('CONFLICT', 'This recovery was closed: begin another.');
		return identity;
	}

	/** Synchronous from the first check on: of two at once, the second sees the first. */
	function keep(plaintext: Uint8Array): Share {
		const share = parseShare(plaintext, 'What the file holds');
		try {
			openIdentity();
			if (expected && (share.firm !== expected.firm || share.digest !== expected.digest))
				throw badInputError(
					`The share of ${share.holder} is of another firm or escrow file: give those of the one that is asked for.`,
				);
			assertCompatibleShare(taken, share);
		} catch (error) {
			wipeShares([share]);
			throw error;
		}
		taken.push(share);
		return share;
	}

	return {
		recipient,
		async acceptShare(file) {
			const key = openIdentity();
			const plaintext = file.length > LARGEST_FILE ? null : await decryptAgeFile(key, file);
			if (plaintext === null) {
				throw badInputError(
					`This is not a share to this recovery: encrypt one in binary with \`age -r ${recipient}\`.`,
				);
			}
			try {
				const { escrow, holder, side, index, threshold } = keep(plaintext);
				return { escrowId: escrow, holder, side, index, have: taken.length, need: threshold };
			} finally {
				plaintext.fill(0);
			}
		},
		isEnough: () => taken.length > 0 && taken.length >= (taken[0]?.threshold ?? 0),
		async open(escrow) {
			openIdentity();
			return openWithShares(escrow, [...taken]);
		},
		close() {
			identity = null;
			wipeShares(taken.splice(0));
		},
	};
}
