import { systemClock } from '../clock/index.ts';
import { FirmsealError, SetupError } from '../errors.ts';
import { type CallBudget, newThrottled, startBudget } from './call-budget.ts';
import { createCallQueue } from './call-queue.ts';
import { type BreakerState, createCircuitBreaker, OpenBreakerError } from './circuit-breaker.ts';
import { type KeyringPrincipal, KeyUnavailableError, type KeyUnavailableReason } from './keyring.ts';
import { retryDelay } from './retry-delay.ts';

/** What becomes of calls beside their answers: for metrics, and for whoever is on call. */
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

export interface ResilientCalls {
	/** As often as there is time, and in the firm's turn. */
	withRetries<Answer>(firm: string, ask: () => Promise<Answer>): Promise<Answer>;
	/** Whatever comes of it, in the time that is given. */
	withTimeout<Answer>(milliseconds: number, ask: () => Promise<Answer>): Promise<Answer>;
}

/** Tries in a row that found the service away, more than one call makes, after which it is left alone, and for how many milliseconds. */
const AWAY_AFTER = 10;
const REST = 2_000;

/** Calls under way at once: with more, the wait for a connection would look as if the service didn't answer. */
const AT_ONCE = 50;

/** Calls under way at once while the service is overloaded, and milliseconds without a word of that until it isn't any more. */
const MOST_UNDER_WAY = 4;
const QUIET = 1_000;

/** How one process asks a service that may be slow, overloaded or away. By the system's clock: the service has no other. */
export function createResilientCalls({ side, budget, onEvent, random }: ResilientCallsOptions): ResilientCalls {
	const most = side === 'operator' ? 1 : MOST_UNDER_WAY;
	const turns = createCallQueue({
		concurrency: AT_ONCE,
		throttledConcurrency: most,
		throttleMilliseconds: QUIET,
		clock: systemClock,
	});
	const breaker = createCircuitBreaker({
		failureThreshold: AWAY_AFTER,
		restMilliseconds: REST,
		onState: (state) => onEvent({ what: 'breaker', state }),
	});
	let calls = 0;

	/** Counts as waiting, for room or for a better moment, until `end` or the end of its time. */
	async function wait<T>(time: CallBudget, forRoom: boolean, end: Promise<T>): Promise<T> {
		time.setQueued(forRoom);
		onEvent({ what: 'waiting', calls: ++calls });
		try {
			return await Promise.race([end, time.expired]);
		} finally {
			time.setQueued(false);
			onEvent({ what: 'waiting', calls: --calls });
		}
	}

	async function takeTurn(firm: string, time: CallBudget) {
		const turn = turns.acquire(firm, time.signal);
		if (typeof turn === 'function') return turn;
		const endTurn = await wait(time, true, turn);
		if (time.remaining() > 0) return endTurn;
		endTurn();
		throw newThrottled();
	}

	/** One try: its answer, or what its failure was; null: one that asking again would not mend. */
	async function attempt<Answer>(firm: string, time: CallBudget, ask: () => Promise<Answer>) {
		const endTurn = await takeTurn(firm, time);
		let isAsked = false;
		const begin = () => {
			// It may have waited here for what another call hears.
			isAsked = !time.isExpired();
			return isAsked ? inTime(time, ask) : time.expired;
		};
		try {
			return { answer: await breaker.run(begin, (error) => isAsked && reasonOf(error) === 'AWAY') };
		} catch (error) {
			const reason = error instanceof OpenBreakerError ? null : reasonOf(error);
			if (reason === 'THROTTLED') turns.throttle();
			return { error, reason: reason === 'REFUSED' ? null : reason };
		} finally {
			endTurn();
		}
	}

	async function tryAgain<Answer>(firm: string, time: CallBudget, ask: () => Promise<Answer>): Promise<Answer> {
		let before: unknown;
		for (let tries = 1; ; tries++) {
			const tried = await attempt(firm, time, ask);
			if ('answer' in tried) return tried.answer;
			const { error, reason } = tried;
			// What the service itself was like says more than that it is not asked any more.
			if (error instanceof OpenBreakerError) throw (before ?? error) as Error;
			before = error;
			const pause = reason && retryDelay(tries, reason, side, random);
			if (reason === null || pause === null || pause >= time.remaining()) throw error;
			onEvent({ what: 'retry', reason });
			await wait(time, reason === 'THROTTLED', systemClock.sleep(pause, time.signal));
		}
	}

	return {
		withRetries(firm, ask) {
			const time = startBudget(budget);
			// Also while it waits for what another call hears of a service that was away.
			return Promise.race([tryAgain(firm, time, ask), time.expired]).finally(time.stop);
		},
		withTimeout(milliseconds, ask) {
			const time = startBudget(milliseconds);
			return inTime(time, ask).finally(time.stop);
		},
	};
}

/** What is left of the time is all that it has; an answer that comes later is for nobody. */
function inTime<Answer>(time: CallBudget, ask: () => Promise<Answer>): Promise<Answer> {
	const asked = Promise.resolve().then(ask);
	asked.then((answer) => time.isExpired() && forget(answer), nothing);
	return Promise.race([asked, time.expired]);
}

const nothing = () => {};

/** Overwrites the data key of an answer that nobody waits for any more. */
function forget(answer: unknown): void {
	const { plaintext } = (answer ?? {}) as { readonly plaintext?: unknown };
	if (plaintext instanceof Uint8Array) plaintext.fill(0);
}

/** null: an error of ours, which asking again would not mend. What nobody foresaw is AWAY. */
function reasonOf(error: unknown): KeyUnavailableReason | null {
	if (error instanceof KeyUnavailableError) return error.reason;
	return error instanceof FirmsealError || error instanceof SetupError ? null : 'AWAY';
}
