import { FirmsealError } from '../../errors.ts';

/** An anchor that is complete in the store. */
export interface StoredAnchor {
	/** Bytes. */
	readonly size: number;
	/** SHA-256 of exactly these bytes; 32 bytes. */
	readonly sha256: Uint8Array;
}

/** One check, and what to do if it fails. */
export interface AnchorCheck {
	readonly check: string;
	readonly ok: boolean;
	/** What to do; null if the check passed. */
	readonly fix: string | null;
}

/**
 * The place where the log is anchored. It is outside the database, so that someone who can change the database can't change anchors.
 * Anchors have numbers 0, 1, 2 … Each is written once; nothing here deletes one. Every method throws AnchorStoreError.
 */
export interface AnchorStore {
	/**
	 * Writes a new anchor and resolves when it is durable. Until then no one can read any part of it. An error that `body` throws is rethrown
	 * unchanged. Each piece of `body` is valid until the next one is requested. Throws EXISTS if there is an anchor with this number.
	 */
	write(number: number, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<StoredAnchor>;
	/**
	 * The bytes of an anchor, in pieces of any length, each valid until the next one is requested. null if there is no anchor with this
	 * number.
	 */
	read(number: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | null>;
	has(number: number): Promise<boolean>;
	/** How the store is set up, for `firmseal doctor`. */
	inspect(): Promise<readonly AnchorCheck[]>;
	/** Throws if the store can't be used at all. */
	check(): Promise<void>;
}

/**
 * AWAY: no answer in time, or an incomplete one. FULL: no space left. REFUSED: the right or the bucket is missing. EXISTS: there is an
 * anchor with this number.
 */
export type AnchorStoreReason = 'AWAY' | 'FULL' | 'REFUSED' | 'EXISTS';

/** The message is for the operator of the program. */
export class AnchorStoreError extends FirmsealError {
	override readonly name = 'AnchorStoreError';
	readonly reason: AnchorStoreReason;

	constructor(reason: AnchorStoreReason, message: string, options?: Pick<ErrorOptions, 'cause'>) {
		super('INTERNAL', message, options);
		this.reason = reason;
	}
}

/**
 * Number of the newest anchor, searched from number `from` on; null if anchor `from` doesn't exist. Numbers have no gaps, so the number of
 * requests is about twice the logarithm of the distance.
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
