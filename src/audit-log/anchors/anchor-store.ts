import { FirmsealError } from '../../errors.ts';

/** An anchor that is in the store, whole. */
export interface StoredAnchor {
	/** Bytes. */
	readonly size: number;
	/** SHA-256 of exactly these bytes; 32 bytes. */
	readonly sha256: Uint8Array;
}

/** Something that was looked at, and what to do when it isn't as it should be. */
export interface AnchorCheck {
	readonly check: string;
	readonly ok: boolean;
	/** null when it is in order. */
	readonly mend: string | null;
}

/**
 * Where the log is anchored: outside of the database, so that whoever can change that can't change what was anchored. Anchors have numbers
 * 0, 1, 2 … and each is written once; nothing here deletes one. Every method throws AnchorStoreError.
 */
export interface AnchorStore {
	/**
	 * Writes a new anchor and resolves when it is durable; before that nobody can see any of it. What `body` throws is thrown on as it is;
	 * each of its pieces is valid until the next is asked for. EXISTS when there is one of that number.
	 */
	write(number: number, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<StoredAnchor>;
	/** The bytes of an anchor, in pieces of any length, each valid until the next is asked for; null: there is none of that number. */
	read(number: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | null>;
	has(number: number): Promise<boolean>;
	/** How the store is set up, for `firmseal doctor`. */
	inspect(): Promise<readonly AnchorCheck[]>;
	/** Throws when the store can't be used at all. */
	check(): Promise<void>;
}

/** AWAY: no answer in time, or not all of it. FULL: no room. REFUSED: no right, no such bucket. EXISTS: there is an anchor of that number. */
export type AnchorStoreReason = 'AWAY' | 'FULL' | 'REFUSED' | 'EXISTS';

/** The message is for whoever runs the program. */
export class AnchorStoreError extends FirmsealError {
	override readonly name = 'AnchorStoreError';
	readonly reason: AnchorStoreReason;

	constructor(reason: AnchorStoreReason, message: string, options?: Pick<ErrorOptions, 'cause'>) {
		super('INTERNAL', message, options);
		this.reason = reason;
	}
}

/**
 * Number of the newest anchor, from `from` on; null: there is none of number `from`. Numbers have no gap, so that about twice the
 * logarithm of what is between is asked for.
 */
export async function findNewest(store: Pick<AnchorStore, 'has'>, from = 0): Promise<number | null> {
	if (!(await store.has(from))) return null;
	let there = from;
	let step = 1;
	while (await store.has(there + step)) {
		there += step;
		step *= 2;
	}
	let missing = there + step;
	while (missing - there > 1) {
		const middle = there + Math.floor((missing - there) / 2);
		if (await store.has(middle)) there = middle;
		else missing = middle;
	}
	return there;
}
