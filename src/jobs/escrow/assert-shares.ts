import type { EscrowHeader } from './escrow-header.ts';
import { coordinateOf } from './recovery-key.ts';
import { badInputError, damagedInputError } from './refusals.ts';
import type { Share } from './share-file.ts';

/** That `share` may stand beside those taken before. @throws BAD_USER_INPUT, CIPHERTEXT_INVALID */
export function assertCompatibleShare(taken: readonly Share[], share: Share): void {
	const [first = share] = taken;
	if (share.escrow !== first.escrow) {
		throw badInputError(`The share of ${share.holder} is of another escrow than the first: give shares of one escrow.`);
	}
	if (taken.some(({ holder }) => holder === share.holder)) {
		throw badInputError(`The share of ${share.holder} is there already: give another holder's.`);
	}
	const isOdd = share.firm !== first.firm || share.digest !== first.digest || share.threshold !== first.threshold;
	const isTaken = taken.some(
		({ index, share: other }) => index === share.index || coordinateOf(other) === coordinateOf(share.share),
	);
	if (isOdd || isTaken) {
		throw damagedInputError(
			`The share of ${share.holder} contradicts one that was there before: one of them was not made with this escrow.`,
		);
	}
}

/** That `shares`, each of which stands beside the others, are as many as are needed. @throws BAD_USER_INPUT */
export function assertEnoughShares(shares: readonly Share[]): void {
	const [first] = shares;
	if (first === undefined) throw badInputError('There is no share: give those of as many holders as the escrow needs.');
	if (shares.length < first.threshold) {
		throw badInputError(
			`The escrow needs ${first.threshold} shares, and ${shares.length} are there: ask more holders.`,
		);
	}
}

/** That the escrow which `shares` have opened is theirs, and that the firm's side had its part in it. @throws CIPHERTEXT_INVALID */
export function assertSharesMatchHeader(
	{ id, firm, threshold, holders }: EscrowHeader,
	shares: readonly Share[],
): void {
	const isOther = (share: Share) => {
		const holder = holders[share.index - 1];
		const isNamed = holder?.name === share.holder && holder.side === share.side;
		return !isNamed || share.escrow !== id || share.firm !== firm || share.threshold !== threshold;
	};
	if (shares.some(isOther))
		throw damagedInputError('The escrow names another id, firm, threshold or holder than its shares do.');
	if (!shares.some(({ index }) => holders[index - 1]?.side === 'FIRM')) {
		throw damagedInputError('No share of the side FIRM is among those that opened the escrow.');
	}
}
