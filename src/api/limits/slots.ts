import { RateLimitedError } from './rate-limit.ts';

/** Transfers, or requests, at once: of a process, of one firm and of one account. Of a firm's, half are its clients' at most. */
export interface SlotLimits {
	readonly max: number;
	/** Of all firms together: the rest is for people of the platform. As many as `max` unless given. */
	readonly maxForFirms?: number;
	readonly maxPerFirm: number;
	readonly maxPerAccount: number;
}

/** Uploads hold memory, those to S3 16 MiB and more. */
export const UPLOADS: SlotLimits = { max: 32, maxPerFirm: 12, maxPerAccount: 6 };
export const DOWNLOADS: SlotLimits = { max: 256, maxPerFirm: 96, maxPerAccount: 32 };
/** Of the slots of requests under leases, so that files leave some to queries, also to those of the same person. */
export const LEASE_FILE_SLOTS: SlotLimits = { max: 5, maxPerFirm: 5, maxPerAccount: 2 };

/**
 * MiB of JSON, of answers that are longer than one: until they are out each is in memory, as text and as what the socket has not taken. An
 * account has room for two of the longest, and a firm's clients have as much. However many firms fill theirs, auditors and operators have some.
 */
export const RESPONSE_MEMORY_SLOTS: SlotLimits = { max: 256, maxForFirms: 192, maxPerFirm: 64, maxPerAccount: 32 };

/** Seconds after which it may be worth to ask again. */
const RETRY_AFTER = 5;

export interface SlotHolder {
	readonly account: string;
	/** Whose file it is. */
	readonly firm: string;
	/** Whether the account is a client's of the firm. */
	readonly isClient: boolean;
	/** Whether the account is of the platform, and of no firm. */
	readonly isOperator?: boolean;
}

/** Takes a slot, or `slots`, for as long as a transfer runs; answers what gives it back. */
export type TakeSlot = (transfer: SlotHolder, slots?: number) => () => void;

/** @throws RateLimitedError while too many are under way. */
export function createSlots(
	{ max, maxForFirms = max, maxPerFirm, maxPerAccount }: SlotLimits,
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
	const maxForClients = Math.floor(maxPerFirm / 2);
	/** What counts for whom, how many that has, and what is said where they do not do. */
	function boundsOf({ account, firm, isClient, isOperator = false }: SlotHolder) {
		const bounds: [of: string, most: number, sentence: string][] = [
			[`account ${account}`, maxPerAccount, more(maxPerAccount, 'yours')],
			[`firm ${firm}`, maxPerFirm, more(maxPerFirm, 'your firm')],
		];
		if (isClient) bounds.push([`clients of ${firm}`, maxForClients, more(maxForClients, 'the firm’s clients')]);
		if (!isOperator) bounds.push(['all firms', maxForFirms, tooMany]);
		bounds.push(['all', max, tooMany]);
		return bounds;
	}
	return (transfer, slots = 1) => {
		const own = boundsOf(transfer);
		for (const [of, bound, sentence] of own)
			if (count(of) + slots > bound) throw new RateLimitedError(sentence, RETRY_AFTER);
		for (const [of] of own) add(of, slots);
		let isTaken = true;
		return () => {
			if (!isTaken) return;
			isTaken = false;
			for (const [of] of own) add(of, -slots);
		};
	};
}
