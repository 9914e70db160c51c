import { RateLimitedError } from './rate-limit.ts';

/** Transfers, or requests, at once: of a process, of one firm and of one account. Of a firm's, half are its clients' at most. */
export interface SlotLimits {
	readonly most: number;
	/** Of all firms together: the rest is for people of the platform. As many as `most` unless given. */
	readonly mostOfFirms?: number;
	readonly mostOfFirm: number;
	readonly mostEach: number;
}

/** Uploads hold memory, those to S3 16 MiB and more. */
export const UPLOADS: SlotLimits = { most: 32, mostOfFirm: 12, mostEach: 6 };
export const DOWNLOADS: SlotLimits = { most: 256, mostOfFirm: 96, mostEach: 32 };
/** Of the places of requests under leases, so that files leave some to queries, also to those of the same person. */
export const FILES_UNDER_LEASES: SlotLimits = { most: 5, mostOfFirm: 5, mostEach: 2 };

/**
 * MiB of JSON, of answers that are longer than one: until they are out each is in memory, as text and as what the socket has not taken. An
 * account has room for two of the longest, and a firm's clients have as much. However many firms fill theirs, auditors and operators have some.
 */
export const ANSWERS: SlotLimits = { most: 256, mostOfFirms: 192, mostOfFirm: 64, mostEach: 32 };

/** Seconds after which it may be worth to ask again. */
const RETRY_AFTER = 5;

export interface Transfer {
	readonly account: string;
	/** Whose file it is. */
	readonly firm: string;
	/** Whether the account is a client's of the firm. */
	readonly isGuest: boolean;
	/** Whether the account is of the platform, and of no firm. */
	readonly isOfPlatform?: boolean;
}

/** Takes a place, or `places`, for as long as a transfer runs; answers what gives it back. */
export type TakeSlot = (transfer: Transfer, places?: number) => () => void;

/** @throws RateLimitedError while too many are under way. */
export function createSlots(
	{ most, mostOfFirms = most, mostOfFirm, mostEach }: SlotLimits,
	what = 'transfers',
): TakeSlot {
	const running = new Map<string, number>();
	const count = (of: string) => running.get(of) ?? 0;
	const add = (of: string, change: number) => {
		const left = count(of) + change;
		if (left > 0) running.set(of, left);
		else running.delete(of);
	};
	const more = (than: number, whose: string) =>
		`More than ${than} ${what} of ${whose} would be under way: wait until one has ended.`;
	const tooMany = `Too many ${what} are under way: try again in a few seconds.`;
	const mostOfGuests = Math.floor(mostOfFirm / 2);
	/** What counts for whom, how many that has, and what is said where they do not do. */
	function boundsOf({ account, firm, isGuest, isOfPlatform = false }: Transfer) {
		const bounds: [of: string, most: number, sentence: string][] = [
			[`account ${account}`, mostEach, more(mostEach, 'yours')],
			[`firm ${firm}`, mostOfFirm, more(mostOfFirm, 'your firm')],
		];
		if (isGuest) bounds.push([`guests of ${firm}`, mostOfGuests, more(mostOfGuests, 'the firm’s clients')]);
		if (!isOfPlatform) bounds.push(['all firms', mostOfFirms, tooMany]);
		bounds.push(['all', most, tooMany]);
		return bounds;
	}
	return (transfer, places = 1) => {
		const own = boundsOf(transfer);
		for (const [of, bound, sentence] of own)
			if (count(of) + places > bound) throw new RateLimitedError(sentence, RETRY_AFTER);
		for (const [of] of own) add(of, places);
		let isTaken = true;
		return () => {
			if (!isTaken) return;
			isTaken = false;
			for (const [of] of own) add(of, -places);
		};
	};
}
