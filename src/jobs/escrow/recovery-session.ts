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
	readonly holder: string;
	readonly side: HolderSide;
	/** The holder's position in the plan, counted from 1. */
	readonly index: number;
	/** Shares accepted so far, including this one. */
	readonly have: number;
	readonly need: number;
}

/**
 * Shares are encrypted to the session, so that no holder's own key and no plaintext share ever appears in a shell of the person who
 * recovers.
 */
export interface RecoverySession {
	/** `age1…`: holders encrypt to it. */
	readonly recipient: string;
	/**
	 * Accepts what a holder made by `age -d -i own.key share.age | age -r <recipient>`, in binary.
	 * @throws BAD_USER_INPUT, CIPHERTEXT_INVALID if it is not a share or doesn't fit those accepted before, which stay
	 */
	acceptShare(file: Uint8Array): Promise<AcceptedShare>;
	/** True if there are enough shares to open the escrow. */
	isEnough(): boolean;
	/** Opens the escrow with the accepted shares, which stay. */
	open(escrow: Uint8Array): Promise<OpenedEscrow>;
	/** Forgets shares and key. The session can't be used afterwards. */
	close(): void;
}

/** Bytes. A share for the session has a fifth of this; a longer file is not read. */
const LARGEST_FILE = 4096;

/** The firm and escrow that every share must belong to, if they are known before the first share. */
export interface ExpectedEscrow {
	readonly firm: string;
	/** SHA-256 of the escrow file, in lower-case hex. */
	readonly digest: string;
}

export async function createRecoverySession(expected?: ExpectedEscrow): Promise<RecoverySession> {
	// Not extractable, so that no code of this process can write the key anywhere.
	const pair = (await crypto.subtle.generateKey('X25519', false, ['deriveBits'])) as webcrypto.CryptoKeyPair;
	const recipient = await identityToRecipient(pair.privateKey);
	let identity: webcrypto.CryptoKey | null = pair.privateKey;
	const taken: Share[] = [];

	function openIdentity(): webcrypto.CryptoKey {
		if (identity === null) throw new FirmsealError('CONFLICT', 'This recovery session is closed: begin another.');
		return identity;
	}

	/** Synchronous from the first check on, so that the second of two concurrent shares sees the first. */
	function keep(plaintext: Uint8Array): Share {
		const share = parseShare(plaintext, 'The content of the file');
		try {
			openIdentity();
			if (expected && (share.firm !== expected.firm || share.digest !== expected.digest))
				throw badInputError(
					`The share of ${share.holder} belongs to another firm or escrow file: give shares of the escrow that this recovery is for.`,
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
					`The file is not a share for this recovery: encrypt a share in binary with \`age -r ${recipient}\`.`,
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
