import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { FirmsealError } from '../../errors.ts';
import { RefusedAccountError } from '../refused-account.ts';
import { networkOf } from './network-of.ts';

/** Too many requests in a minute, or too many at once. */
export class RateLimitedError extends FirmsealError {
	override readonly name = 'RateLimitedError';
	/** Whole seconds until a retry is answered. */
	readonly retryAfter: number;

	constructor(sentence: string, retryAfter: number) {
		super('RATE_LIMITED', sentence);
		this.retryAfter = retryAfter;
	}
}

/** `newcomer` is set if no account was found. */
type CountedCaller = { readonly user: string; readonly newcomer?: unknown };

/**
 * Identifies who sent a request from `address`, and counts the request.
 * @throws RateLimitedError, or the error of `identify`.
 */
export type IdentifyWithLimit = <Found extends CountedCaller>(
	address: string,
	identify: () => Promise<Found>,
) => Promise<Found>;

export interface RateLimit {
	readonly byToken: IdentifyWithLimit;
	/** Any web page can send its visitors to a link, so wrong links don't block tokens from the same address. */
	readonly byTicket: IdentifyWithLimit;
}

const WINDOW_SECONDS = 60;

/**
 * Counts requests in memory, in windows of a minute that begin with the first request: per account, and per address the requests
 * without an account. An address with too many of these is refused before its next token is verified; otherwise the answer would still
 * tell a right guess from a wrong one. The same applies to an address with too many wrong tickets. Counts end with their window.
 */
export function createRateLimit(perMinute: number): RateLimit {
	const options = { points: perMinute, duration: WINDOW_SECONDS };
	const accounts = new RateLimiterMemory(options);
	const addresses = new RateLimiterMemory(options);
	const tickets = new RateLimiterMemory(options);

	const refuse = ({ msBeforeNext }: RateLimiterRes): never => {
		throw new RateLimitedError(
			`The limit is ${perMinute.toLocaleString('en')} requests a minute: wait, then send fewer.`,
			Math.max(1, Math.ceil(msBeforeNext / 1000)),
		);
	};
	const count = async (limiter: RateLimiterMemory, key: string): Promise<void> => {
		await limiter.consume(key).catch((error: unknown) => {
			if (error instanceof RateLimiterRes) refuse(error);
			throw error;
		});
	};

	/** `failed`: the counter for requests without an account. */
	const identified = async <Found extends CountedCaller>(
		network: string,
		identify: () => Promise<Found>,
		failed?: RateLimiterMemory,
	): Promise<Found> => {
		try {
			const caller = await identify();
			await count(accounts, caller.user);
			if (failed && caller.newcomer) await count(failed, network);
			return caller;
		} catch (error) {
			if (error instanceof RefusedAccountError) await count(accounts, error.actor.user ?? network);
			else if (failed && error instanceof FirmsealError && error.code === 'UNAUTHENTICATED')
				await count(failed, network);
			throw error;
		}
	};

	return {
		async byToken(address, identify) {
			const network = networkOf(address);
			const failed = await addresses.get(network);
			if (failed && failed.consumedPoints >= perMinute) refuse(failed);
			return identified(network, identify, addresses);
		},
		async byTicket(address, identify) {
			const network = networkOf(address);
			// Each ticket costs a database query, so a burst is counted before any of its tickets is looked up.
			await count(tickets, network);
			const caller = await identified(network, identify);
			await tickets.reward(network);
			return caller;
		},
	};
}
