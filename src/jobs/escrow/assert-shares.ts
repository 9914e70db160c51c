import type { EscrowHeader } from './escrow-header.ts';
import { coordinateOf } from './recovery-key.ts';
import { badInputError, damagedInputError } from './refusals.ts';
import type { Share } from './share-file.ts';

/** Checks that `share` fits the shares accepted before. @throws BAD_USER_INPUT, CIPHERTEXT_INVALID */
export function assertCompatibleShare(taken: readonly Share[], share: Share): void {
	const [first = share] = taken;
	if (share.escrow !== first.escrow) {
		throw badInputError(
			`The share of ${share.holder} belongs to another escrow than the first share: give shares of one escrow.`,
		);
	}
	if (taken.some(({ holder }) => holder === share.holder)) {
		throw badInputError(`The share of ${share.holder} was already given: give the share of another holder.`);
	}
	const isOdd = share.firm !== first.firm || share.digest !== first.digest || share.threshold !== first.threshold;
	const isTaken = taken.some(
		({ index, share: other }) => index === share.index || coordinateOf(other) === coordinateOf(share.share),
	);
	if (isOdd || isTaken) {
		throw damagedInputError(
			`The share of ${share.holder} contradicts an earlier one: one of the two was not made with this escrow.`,
		);
	}
}

/** Checks that there are enough `shares`, which all fit each other. @throws BAD_USER_INPUT */
export function assertEnoughShares(shares: readonly Share[]): void {
	const [first] = shares;
	if (first === undefined)
		throw badInputError('No share was given: give the shares of as many holders as the escrow needs.');
	if (shares.length < first.threshold) {
		throw badInputError(`The escrow needs ${first.threshold} shares and has ${shares.length}: ask more holders.`);
	}
}

/** Checks that the opened escrow belongs to `shares`, and that a share of the firm's side is among them. @throws CIPHERTEXT_INVALID */
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
		throw damagedInputError('The escrow has another id, firm, threshold or holder than its shares.');
	if (!shares.some(({ index }) => holders[index - 1]?.side === 'FIRM')) {
		throw damagedInputError('None of the shares that opened the escrow is on the side FIRM.');
	}
}
