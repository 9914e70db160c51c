import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { FirmsealError } from '../../errors.ts';
import { RefusedAccountError } from '../refused-account.ts';
import { networkOf } from './network-of.ts';

/** Too many requests, or too many at once. */
export class RateLimitedError extends FirmsealError {
	override readonly name = 'RateLimitedError';
	/** Whole seconds until the caller is answered again. */
	readonly retryAfter: number;

	constructor(sentence: string, retryAfter: number) {
		super('RATE_LIMITED', sentence);
		this.retryAfter = retryAfter;
	}
}

/** `newcomer`: no account was found. */
type CountedCaller = { readonly user: string; readonly newcomer?: unknown };

/**
 * Identifies who sent a request from `address`, and counts it.
 * @throws RateLimitedError, or what `identify` throws.
 */
export type IdentifyWithLimit = <Found extends CountedCaller>(
	address: string,
	identify: () => Promise<Found>,
) => Promise<Found>;

export interface RateLimit {
	readonly byToken: IdentifyWithLimit;
	/** A link can be sent by any page that someone opens: wrong links keep out no token that comes from the same address. */
	readonly byTicket: IdentifyWithLimit;
}

const WINDOW_SECONDS = 60;

/**
 * Counts requests in memory, in windows of a minute that begin with the first: those of an account, and for each address
 * those that no account was found for. An address with too many of these is refused before its next token is looked at,
 * or else the answer would still tell a right guess from a wrong one; one with too many wrong tickets likewise. Counts end with their
 * window.
 */
export function createRateLimit(perMinute: number): RateLimit {
	const options = { points: perMinute, duration: WINDOW_SECONDS };
	const accounts = new RateLimiterMemory(options);
	const addresses = new RateLimiterMemory(options);
	const tickets = new RateLimiterMemory(options);

	const refuse = ({ msBeforeNext }: RateLimiterRes): never => {
		throw new RateLimitedError(
			`At most ${perMinute.toLocaleString('en')} requests a minute are answered: wait, then send fewer.`,
			Math.max(1, Math.ceil(msBeforeNext / 1000)),
		);
	};
	const count = async (limiter: RateLimiterMemory, key: string): Promise<void> => {
		await limiter.consume(key).catch((error: unknown) => {
			if (error instanceof RateLimiterRes) refuse(error);
			throw error;
		});
	};

	/** `failed`: what is counted beside, of who is not found. */
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
			// Each is looked up in the database: those of a burst are counted before any of them is.
			await count(tickets, network);
			const caller = await identified(network, identify);
			await tickets.reward(network);
			return caller;
		},
	};
}
