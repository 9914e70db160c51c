import { RateLimitedError } from '../limits/index.ts';

/** Transfers at once: of a process, and of one account. */
export interface SlotLimits {
	readonly most: number;
	readonly mostEach: number;
}

/** Uploads hold memory, those to S3 16 MiB and more. */
export const UPLOADS: SlotLimits = { most: 32, mostEach: 6 };
export const DOWNLOADS: SlotLimits = { most: 256, mostEach: 32 };
/** Each holds a connection of the database, of which there are eight for everybody who uses a lease. */
export const UNDER_LEASES: SlotLimits = { most: 5, mostEach: 3 };

/** Seconds after which it may be worth to ask again. */
const RETRY_AFTER = 5;

/** Takes a place for as long as a transfer runs; answers what gives it back. */
export type TakeSlot = (account: string) => () => void;

/** @throws RateLimitedError while too many are under way. */
export function createSlots({ most, mostEach }: SlotLimits): TakeSlot {
	const running = new Map<string, number>();
	let all = 0;
	return (account) => {
		const own = running.get(account) ?? 0;
		if (own >= mostEach)
			throw new RateLimitedError(
				`You have ${mostEach} transfers under way, which is the most: wait until one has ended.`,
				RETRY_AFTER,
			);
		if (all >= most)
			throw new RateLimitedError('Too many files are under way: try again in a few seconds.', RETRY_AFTER);
		running.set(account, own + 1);
		all += 1;
		let isTaken = true;
		return () => {
			if (!isTaken) return;
			isTaken = false;
			all -= 1;
			const left = (running.get(account) ?? 1) - 1;
			if (left > 0) running.set(account, left);
			else running.delete(account);
		};
	};
}
