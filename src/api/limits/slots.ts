import { RateLimitedError } from './rate-limit.ts';

/** Concurrent transfers or requests: of a process, of one firm and of one account. A firm's clients together have half of the firm's. */
export interface SlotLimits {
	readonly max: number;
	/** Of all firms together; the rest is for people of the platform. Default: `max`. */
	readonly maxForFirms?: number;
	readonly maxPerFirm: number;
	readonly maxPerAccount: number;
}

/** Uploads need memory, those to S3 16 MiB and more. */
export const UPLOADS: SlotLimits = { max: 32, maxPerFirm: 12, maxPerAccount: 6 };
export const DOWNLOADS: SlotLimits = { max: 256, maxPerFirm: 96, maxPerAccount: 32 };
/**
 * Streams of GET /events. Each costs a read of its person's rights every second and a half. People of the platform always find some free, however
 * many firms use.
 */
export const EVENT_STREAMS: SlotLimits = { max: 256, maxForFirms: 192, maxPerFirm: 64, maxPerAccount: 4 };
/** Slots of requests under leases that files may take. The rest is for queries, including those of the same person. */
export const LEASE_FILE_SLOTS: SlotLimits = { max: 5, maxPerFirm: 5, maxPerAccount: 2 };

/**
 * MiB of JSON in answers longer than 1 MiB. Until such an answer is sent, it is in memory, as text and as bytes that the socket has
 * not taken. An account has room for two of the longest answers, and so have a firm's clients together. Auditors and operators always
 * have some room, however many firms use theirs up.
 */
export const RESPONSE_MEMORY_SLOTS: SlotLimits = { max: 256, maxForFirms: 192, maxPerFirm: 64, maxPerAccount: 32 };

/** Seconds after which a retry may succeed. */
const RETRY_AFTER = 5;

export interface SlotHolder {
	readonly account: string;
	/** The firm whose file it is. */
	readonly firm: string;
	/** Whether the account is a portal user of the firm. */
	readonly isClient: boolean;
	/** Whether the account is of the platform, and of no firm. */
	readonly isOperator?: boolean;
}

/** Takes a slot, or `slots` of them, for the time of a transfer; returns the function that releases them. */
export type TakeSlot = (transfer: SlotHolder, slots?: number) => () => void;

/** @throws RateLimitedError while too many are in use. */
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
		`The limit is ${than} ${what} of ${whose} at once: wait until one has ended.`;
	const tooMany = `Too many ${what} are under way: try again in a few seconds.`;
	const maxForClients = Math.floor(maxPerFirm / 2);
	/** Counters that the holder counts for, their limits, and the sentences that refuse. */
	function boundsOf({ account, firm, isClient, isOperator = false }: SlotHolder) {
		const bounds: [of: string, most: number, sentence: string][] = [
			[`account ${account}`, maxPerAccount, more(maxPerAccount, 'your account')],
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
