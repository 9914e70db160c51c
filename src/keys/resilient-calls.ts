import { systemClock } from '../clock/index.ts';
import { FirmsealError, SetupError } from '../errors.ts';
import { type CallBudget, startBudget, throttledError } from './call-budget.ts';
import { CallQueue, type ReleaseSlot } from './call-queue.ts';
import { type BreakerState, type CircuitBreaker, createCircuitBreaker, OpenBreakerError } from './circuit-breaker.ts';
import { type KeyringPrincipal, KeyUnavailableError, type KeyUnavailableReason } from './keyring.ts';

/** What becomes of calls beside their answers: for metrics, and for who is on call. */
export type KeyringHealthEvent =
	| { readonly what: 'retry'; readonly reason: Exclude<KeyUnavailableReason, 'REFUSED'> }
	| { readonly what: 'breaker'; readonly state: BreakerState }
	/** Calls that wait for their turn, or for their next try. */
	| { readonly what: 'waiting'; readonly calls: number };

export interface ResilientCallsOptions {
	readonly side: KeyringPrincipal;
	/** Milliseconds for a call with all its tries. */
	readonly budget: number;
	readonly onEvent: (event: KeyringHealthEvent) => void;
	/** From 0 to less than 1. */
	readonly random: () => number;
}

/** Tries in a row that found the service away, more than one call makes, after which it is left alone, and for how many milliseconds. */
const AWAY_AFTER = 10;
const REST = 2_000;

/** Calls under way at once: with more, the wait for a connection would look as if the service didn't answer. */
const AT_ONCE = 50;

/** Calls under way at once while the service is overloaded, and milliseconds without a word of that until it isn't any more. */
const MAX_CONCURRENT_CALLS = 4;
const QUIET = 1_000;

/** One try: its answer, or what its failure was; no reason: asking again would not help. */
type Tried<Answer> =
	| { readonly answer: Answer }
	| { readonly error: unknown; readonly reason: Exclude<KeyUnavailableReason, 'REFUSED'> | null };

/** How one process asks a service that may be slow, overloaded or away. By the system's clock: the service has no other. */
export class ResilientCalls {
	readonly #options: ResilientCallsOptions;
	readonly #queue: CallQueue;
	readonly #breaker: CircuitBreaker;
	#waiting = 0;

	constructor(options: ResilientCallsOptions) {
		this.#options = options;
		this.#queue = new CallQueue({
			concurrency: AT_ONCE,
			throttledConcurrency: options.side === 'operator' ? 1 : MAX_CONCURRENT_CALLS,
			throttleMilliseconds: QUIET,
			clock: systemClock,
		});
		this.#breaker = createCircuitBreaker({
			failureThreshold: AWAY_AFTER,
			restMilliseconds: REST,
			onState: (state) => options.onEvent({ what: 'breaker', state }),
		});
	}

	/** As often as there is time, and in the firm's turn. */
	withRetries<Answer>(firm: string, ask: () => Promise<Answer>): Promise<Answer> {
		const time = startBudget(this.#options.budget);
		// Also while it waits for what another call hears of a service that was away.
		return Promise.race([this.#tryAgain(firm, time, ask), time.expired]).finally(time.stop);
	}

	/** Once, in the time that is given, whatever comes of it. */
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
			// What the service itself was like says more than that it is not asked any more.
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
			// It may have waited here for what another call hears.
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

	/** Counts as waiting, for room or for a better moment, until `end` or the end of its time. */
	async #wait<T>(time: CallBudget, forRoom: boolean, end: Promise<T>): Promise<T> {
		const { onEvent } = this.#options;
		time.setQueued(forRoom);
		onEvent({ what: 'waiting', calls: ++this.#waiting });
		try {
			return await Promise.race([end, time.expired]);
		} finally {
			time.setQueued(false);
			onEvent({ what: 'waiting', calls: --this.#waiting });
		}
	}
}

/** Milliseconds: the most that the first pause takes, and the most that any does. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1_000;

/**
 * Milliseconds to wait after so many tries that failed; null: that was the last. Full jitter: anything from none to twice as much each
 * time, so that what failed together does not come again together. An operator's call is not made again of a service that is away, and
 * of one that is overloaded only after the longest pause of all others.
 */
export function retryDelay(
	tries: number,
	reason: KeyUnavailableReason,
	side: KeyringPrincipal,
	random: () => number,
): number | null {
	if (reason === 'REFUSED') return null;
	const pause = random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries - 1));
	if (side !== 'operator') return pause;
	return reason === 'THROTTLED' ? LONGEST_PAUSE + pause : null;
}

/** What is left of the time is all that it has; an answer that comes later is for no one. */
function inTime<Answer>(time: CallBudget, ask: () => Promise<Answer>): Promise<Answer> {
	const asked = Promise.resolve().then(ask);
	asked.then((answer) => time.isExpired() && forget(answer), nothing);
	return Promise.race([asked, time.expired]);
}

const nothing = () => {};

/** Overwrites the data key of an answer that no one waits for any more. */
function forget(answer: unknown): void {
	const { plaintext } = (answer ?? {}) as { readonly plaintext?: unknown };
	if (plaintext instanceof Uint8Array) plaintext.fill(0);
}

/** null: an error of ours, which asking again would not cure. What no one foresaw is AWAY. */
function reasonOf(error: unknown): KeyUnavailableReason | null {
	if (error instanceof KeyUnavailableError) return error.reason;
	return error instanceof FirmsealError || error instanceof SetupError ? null : 'AWAY';
}
