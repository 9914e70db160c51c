import { encodeEscrow } from './escrow-file.ts';
import { isEqualInConstantTime, wipeKeys } from './escrowed-key.ts';
import { openEscrow } from './open-escrow.ts';
import { combineShares } from './recovery-key.ts';

export interface UnverifiedEscrow {
	readonly escrow: Uint8Array;
	/** What was split, in the order of the holders. */
	readonly parts: readonly Uint8Array[];
	/** The same as its holders will read it. */
	readonly plaintexts: readonly Uint8Array[];
	/** Shares that are needed. */
	readonly threshold: number;
}

/**
 * That what was made gives back what it was made of, with the share of every holder in one set at least: nobody looks again until
 * the day it is needed. The files of the shares themselves only their holders can open.
 * @throws when it does not
 */
export async function verifyEscrowOpens(
	{ escrow, parts, plaintexts, threshold }: UnverifiedEscrow,
	of: { readonly identity: Uint8Array; readonly lines: Uint8Array },
): Promise<void> {
	for (const index of parts.keys()) {
		const combined = await combineShares(takeCyclic(parts, index, threshold));
		const isRight = isEqualInConstantTime(combined, of.identity);
		combined.fill(0);
		if (!isRight) throw new Error('These shares do not combine to what was split.');
	}
	for (let index = 0; index < plaintexts.length; index += threshold) {
		const opened = await openEscrow({ escrow, shares: takeCyclic(plaintexts, index, threshold) });
		const lines = encodeEscrow(opened);
		wipeKeys(opened.keys);
		const isRight = isEqualInConstantTime(lines, of.lines);
		lines.fill(0);
		if (!isRight) throw new Error('This is not what was sealed.');
	}
}

/** `count` of the list from `start` on, which goes on at its beginning. */
function takeCyclic<Item>(list: readonly Item[], start: number, count: number): Item[] {
	return [...list, ...list].slice(start, start + count);
}
