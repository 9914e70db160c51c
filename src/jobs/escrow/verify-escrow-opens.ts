import { encodeEscrow } from './escrow-file.ts';
import { isEqualInConstantTime, wipeKeys } from './escrowed-key.ts';
import { openEscrow } from './open-escrow.ts';
import { combineShares } from './recovery-key.ts';

export interface UnverifiedEscrow {
	readonly escrow: Uint8Array;
	/** The split shares, in the order of the holders. */
	readonly parts: readonly Uint8Array[];
	/** The same shares as their holders will read them. */
	readonly plaintexts: readonly Uint8Array[];
	readonly threshold: number;
}

/**
 * Checks that a new escrow gives back what it was made of, with every holder's share in at least one set, because no one checks again until
 * the day it is needed. The files of the shares can only be opened by their holders.
 * @throws if it doesn't
 */
export async function verifyEscrowOpens(
	{ escrow, parts, plaintexts, threshold }: UnverifiedEscrow,
	of: { readonly identity: Uint8Array; readonly lines: Uint8Array },
): Promise<void> {
	for (const index of parts.keys()) {
		const combined = await combineShares(takeCyclic(parts, index, threshold));
		const isRight = isEqualInConstantTime(combined, of.identity);
		combined.fill(0);
		if (!isRight) throw new Error('The shares do not combine to the text that was split.');
	}
	for (let index = 0; index < plaintexts.length; index += threshold) {
		const opened = await openEscrow({ escrow, shares: takeCyclic(plaintexts, index, threshold) });
		const lines = encodeEscrow(opened);
		wipeKeys(opened.keys);
		const isRight = isEqualInConstantTime(lines, of.lines);
		lines.fill(0);
		if (!isRight) throw new Error('The opened escrow differs from what was sealed.');
	}
}

/** `count` items of the list from `start` on, continuing at its beginning. */
function takeCyclic<Item>(list: readonly Item[], start: number, count: number): Item[] {
	return [...list, ...list].slice(start, start + count);
}
