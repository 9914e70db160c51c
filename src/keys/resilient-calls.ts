import { systemClock } from '../clock/index.ts';
import { FirmsealError, SetupError } from '../errors.ts';
import { type CallBudget, startBudget, throttledError } from './call-budget.ts';
import { CallQueue, type ReleaseSlot } from './call-queue.ts';
import { type BreakerState, type CircuitBreaker, createCircuitBreaker, OpenBreakerError } from './circuit-breaker.ts';
import { type KeyringPrincipal, KeyUnavailableError, type KeyUnavailableReason } from './keyring.ts';

/** Events of calls, for metrics and for the people on call. */
export type KeyringHealthEvent =
	| { readonly what: 'retry'; readonly reason: Exclude<KeyUnavailableReason, 'REFUSED'> }
	| { readonly what: 'breaker'; readonly state: BreakerState }
	/** The number of calls that wait for a slot or for their next try. */
	| { readonly what: 'waiting'; readonly calls: number };

export interface ResilientCallsOptions {
	readonly side: KeyringPrincipal;
	/** Milliseconds for a call with all its tries. */
	readonly budget: number;
	readonly onEvent: (event: KeyringHealthEvent) => void;
	/** From 0 to less than 1. */
	readonly random: () => number;
}

/** The circuit breaker opens after so many failed tries in a row, which is more than one call makes. */
const AWAY_AFTER = 10;
/** How long the breaker stays open, in milliseconds. */
const REST = 2_000;

/** Most calls in progress at once. With more, the wait for a connection would look like a service that does not answer. */
export const MAX_CONCURRENT_CALLS = 50;
/** Most calls in progress at once while the service is overloaded. */
export const MAX_THROTTLED_CALLS = 4;
/** The service counts as overloaded for so many milliseconds after its last report of overload. */
const THROTTLE_MS = 1_000;

/** The answer of one try, or its error. The reason is null if a retry would not help. */
type Tried<Answer> =
	| { readonly answer: Answer }
	| { readonly error: unknown; readonly reason: Exclude<KeyUnavailableReason, 'REFUSED'> | null };

/** Calls a service that may be slow, overloaded or unavailable. Uses the system clock, because the service has no other. */
export class ResilientCalls {
	readonly #options: ResilientCallsOptions;
	readonly #queue: CallQueue;
	readonly #breaker: CircuitBreaker;
	#waiting = 0;

	constructor(options: ResilientCallsOptions) {
		this.#options = options;
		this.#queue = new CallQueue({
			concurrency: MAX_CONCURRENT_CALLS,
			throttledConcurrency: options.side === 'operator' ? 1 : MAX_THROTTLED_CALLS,
			throttleMilliseconds: THROTTLE_MS,
			clock: systemClock,
		});
		this.#breaker = createCircuitBreaker({
			failureThreshold: AWAY_AFTER,
			restMilliseconds: REST,
			onState: (state) => options.onEvent({ what: 'breaker', state }),
		});
	}

	/** Retries within the budget, in the firm's turn. */
	withRetries<Answer>(firm: string, ask: () => Promise<Answer>): Promise<Answer> {
		const time = startBudget(this.#options.budget);
		// The budget also ends a wait for the result of another call, while the breaker is half-open.
		return Promise.race([this.#tryAgain(firm, time, ask), time.expired]).finally(time.stop);
	}

	/** One try within the time. */
	withTimeout<Answer>(milliseconds: number, ask: () => Promise<Answer>): Promise<Answer> {
		const time = startBudget(milliseconds);
		return inTime(time, ask).finally(time.stop);
	}

	async #tryAgain<Answer>(firm: string, time: CallBudget, ask: () => Promise<Answer>): Promise<Answer> {
		const { side, random, onEvent } = this.#options;
		let before: unknown;
		for (let tries = 1; ; tries++) {
			const tried = await this.#tryOnce(firm, time, ask);
			if ('answer' in tried) return tried.answer;
			const { error, reason } = tried;
			// The earlier error of the service says more than that the breaker is open.
			if (error instanceof OpenBreakerError) throw (before ?? error) as Error;
			before = error;
			const pause = reason && retryDelay(tries, reason, side, random);
			if (reason === null || pause === null || pause >= time.remaining()) throw error;
			onEvent({ what: 'retry', reason });
			await this.#wait(time, reason === 'THROTTLED', systemClock.sleep(pause, time.signal));
		}
	}

	async #tryOnce<Answer>(firm: string, time: CallBudget, ask: () => Promise<Answer>): Promise<Tried<Answer>> {
		const endTurn = await this.#takeTurn(firm, time);
		let isAsked = false;
		const begin = () => {
			// It may have waited for the result of another call, while the breaker is half-open.
			isAsked = !time.isExpired();
			return isAsked ? inTime(time, ask) : time.expired;
		};
		try {
			return { answer: await this.#breaker.run(begin, (error) => isAsked && reasonOf(error) === 'AWAY') };
		} catch (error) {
			const reason = error instanceof OpenBreakerError ? null : reasonOf(error);
			if (reason === 'THROTTLED') this.#queue.throttle();
			return { error, reason: reason === 'REFUSED' ? null : reason };
		} finally {
			endTurn();
		}
	}

	async #takeTurn(firm: string, time: CallBudget): Promise<ReleaseSlot> {
		const turn = this.#queue.acquire(firm, time.signal);
		if (typeof turn === 'function') return turn;
		const endTurn = await this.#wait(time, true, turn);
		if (time.remaining() > 0) return endTurn;
		endTurn();
		throw throttledError();
	}

	/** Counts the call as waiting until `end`, or until the end of its time. `isQueued` if it waits because the service is overloaded. */
	async #wait<T>(time: CallBudget, isQueued: boolean, end: Promise<T>): Promise<T> {
		const { onEvent } = this.#options;
		time.setQueued(isQueued);
		onEvent({ what: 'waiting', calls: ++this.#waiting });
		try {
			return await Promise.race([end, time.expired]);
		} finally {
			time.setQueued(false);
			onEvent({ what: 'waiting', calls: --this.#waiting });
		}
	}
}

const MAX_FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1_000;

/**
 * Milliseconds to wait after so many failed tries, or null if there is no further try. Exponential backoff with full jitter, so that calls
 * which failed together do not retry together. An operator's call is not retried if the service is unavailable; if the service is
 * overloaded, it retries only after the longest pause of all other calls.
 */
export function retryDelay(
	tries: number,
	reason: KeyUnavailableReason,
	side: KeyringPrincipal,
	random: () => number,
): number | null {
	if (reason === 'REFUSED') return null;
	const pause = random() * Math.min(MAX_PAUSE_MS, MAX_FIRST_PAUSE_MS * 2 ** (tries - 1));
	if (side !== 'operator') return pause;
	return reason === 'THROTTLED' ? MAX_PAUSE_MS + pause : null;
}

/** Ends with the budget. A later answer is dropped, and its data key overwritten. */
function inTime<Answer>(time: CallBudget, ask: () => Promise<Answer>): Promise<Answer> {
	const asked = Promise.resolve().then(ask);
	asked.then((answer) => time.isExpired() && forget(answer), nothing);
	return Promise.race([asked, time.expired]);
}

const nothing = () => {};

function forget(answer: unknown): void {
	const { plaintext } = (answer ?? {}) as { readonly plaintext?: unknown };
	if (plaintext instanceof Uint8Array) plaintext.fill(0);
}

/** Null for an error of Firmseal, which a retry would not fix. An unforeseen error counts as AWAY. */
function reasonOf(error: unknown): KeyUnavailableReason | null {
	if (error instanceof KeyUnavailableError) return error.reason;
	return error instanceof FirmsealError || error instanceof SetupError ? null : 'AWAY';
}
