import { RateLimitedError } from './rate-limit.ts';

/** Transfers, or requests, at once: of a process, of one firm and of one account. Of a firm's, half are its clients' at most. */
export interface SlotLimits {
	readonly most: number;
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
 * account has room for two of the longest, and a firm's clients have as much.
 */
export const ANSWERS: SlotLimits = { most: 256, mostOfFirm: 64, mostEach: 32 };

/** Seconds after which it may be worth to ask again. */
const RETRY_AFTER = 5;

export interface Transfer {
	readonly account: string;
	/** Whose file it is. */
	readonly firm: string;
	/** Whether the account is a client's of the firm. */
	readonly isGuest: boolean;
}

/** Takes a place, or `places`, for as long as a transfer runs; answers what gives it back. */
export type TakeSlot = (transfer: Transfer, places?: number) => () => void;

/** @throws RateLimitedError while too many are under way. */
export function createSlots({ most, mostOfFirm, mostEach }: SlotLimits, what = 'transfers'): TakeSlot {
	const running = new Map<string, number>();
	const count = (of: string) => running.get(of) ?? 0;
	const add = (of: string, change: number) => {
		const left = count(of) + change;
		if (left > 0) running.set(of, left);
		else running.delete(of);
	};
	const mostOfGuests = Math.floor(mostOfFirm / 2);
	return ({ account, firm, isGuest }, places = 1) => {
		const ofGuests = `guests of ${firm}`;
		const own = [ALL, `firm ${firm}`, `account ${account}`, ...(isGuest ? [ofGuests] : [])] as const;
		const [all, ofFirm, each] = own.map(count) as [number, number, number];
		if (each + places > mostEach)
			throw new RateLimitedError(
				`More than ${mostEach} ${what} of yours would be under way: wait until one has ended.`,
				RETRY_AFTER,
			);
		if (ofFirm + places > mostOfFirm)
			throw new RateLimitedError(
				`More than ${mostOfFirm} ${what} of your firm would be under way: wait until one has ended.`,
				RETRY_AFTER,
			);
		if (isGuest && count(ofGuests) + places > mostOfGuests)
			throw new RateLimitedError(
				`More than ${mostOfGuests} ${what} of the firm’s clients would be under way: wait until one has ended.`,
				RETRY_AFTER,
			);
		if (all + places > most)
			throw new RateLimitedError(`Too many ${what} are under way: try again in a few seconds.`, RETRY_AFTER);
		for (const of of own) add(of, places);
		let isTaken = true;
		return () => {
			if (!isTaken) return;
			isTaken = false;
			for (const of of own) add(of, -places);
		};
	};
}

const ALL = 'all';
