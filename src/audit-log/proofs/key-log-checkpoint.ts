import { insertKeyLogWish, selectKeyLogCheckpoint, type Transaction } from '../../database/index.ts';
import { parseOwnNote } from './find-checkpoint.ts';

/** The newest signed checkpoint of a firm's key log (src/custody/FORMAT.md, section 4). */
export interface NewestKeyLogCheckpoint {
	readonly origin: string;
	/** Number of entries. The log may have more, which are not signed yet. */
	readonly size: number;
	/** 32 bytes. */
	readonly root: Uint8Array;
	/** A C2SP signed note with a cosignature. */
	readonly note: string;
	/** The time in the cosignature, by the signer's clock. */
	readonly signedAt: Date;
	/** Four minutes old or more: time to ask for a fresh one. A device accepts it for ten. */
	readonly isOld: boolean;
}

/** Milliseconds. The signer makes no fresh signature before. */
const YOUNG = 240_000;

/** Null before the first one is signed, within a second of the first entry. For the firm plane. */
export async function findKeyLogCheckpoint(tx: Transaction, firm: string): Promise<NewestKeyLogCheckpoint | null> {
	const row = await selectKeyLogCheckpoint(tx, firm);
	if (row === null) return null;
	const { note, signedAt } = row;
	return { ...parseOwnNote(note), note, signedAt, isOld: Date.now() - signedAt.getTime() >= YOUNG };
}

/**
 * Has the signer sign the firm's key log again within a second, if its checkpoint is four minutes old or when it will be. Needs a
 * transaction that writes; it writes only if the signer has answered the last request. For the firm plane.
 */
export const askForFreshCheckpoint = (tx: Transaction, firm: string): Promise<void> => insertKeyLogWish(tx, firm);
