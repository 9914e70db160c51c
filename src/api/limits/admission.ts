import { hash } from 'node:crypto';
import { BulkheadRejectedError, bulkhead, TaskCancelledError } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock/index.ts';
import { networkOf } from './network-of.ts';
import { type Party, type PartyShare, PartyShares, type Slots } from './party-shares.ts';
import { RateLimitedError } from './rate-limit.ts';

/** What is known of a request before its token is verified. */
export interface IncomingRequest {
	readonly ip: string;
	readonly headers: { readonly authorization?: string | undefined };
}

/** Requests of this process. */
export interface RequestCounts {
	readonly working: number;
	readonly waiting: number;
}

/** Why a request got no slot: too many of its firm, too many in all, or too long a wait. */
export type OverloadReason = 'firm' | 'all' | 'late';

/** Milliseconds for which a request waits for a slot. */
export const MAX_WAIT_FOR_SLOT_MS = 2_000;
/** Seconds after which a retry may succeed. */
const RETRY_AFTER = 2;
/** Tokens whose account is cached, and accounts whose party is cached: about twenty megabytes. */
const MAX_REMEMBERED = 50_000;

const OVERLOAD_MESSAGES: Readonly<Record<OverloadReason, string>> = {
	firm: 'Too many of your requests are running at once: wait for some of the answers.',
	all: 'The server has too many requests to answer this one: try again in a few seconds.',
	late: 'The request waited too long for its turn, and nothing was done: try again in a few seconds.',
};

/** The slots that a running request holds: one in each of its shares, and one of all. */
interface HeldSlots {
	readonly shares: readonly PartyShare[];
	/** Call it once. */
	readonly releaseShares: () => void;
	readonly releaseGlobalSlot: () => void;
}

/**
 * Limits running and waiting requests: per firm, per role below owner within a firm, and in all.
 *
 * `atOnce` requests run at once. A firm has an eighth of these slots, so that it can't take the processor, the connection pools or the
 * time of a slow key service from all others. Its further requests wait in the firm's own queue, which is half as long as there are
 * slots. Requests that have a slot of their firm wait in one common queue, as long as there are slots, and so belong to at most
 * sixteen firms. People who are not owners have a portion of their firm's slots, with a queue before the firm's.
 *
 * A request's token tells the party, by the account found for the last request with this token. This is only a hint: it costs no
 * database query, and gives no right. A request with an unknown token, or without one, counts for its address until its account is
 * found, and for its firm from then on. So a person with many tokens and addresses gets no more than their firm has, and takes nothing
 * from others at the same address. If the firm has no free slot by then, the same number of such requests may run beside its slots,
 * and the rest waits in its queue, so that running requests don't hold up people who have just signed in.
 *
 * A firm may have as many long bodies read at once as it may have requests here. All senders without a known party together may have
 * `2 * atOnce`, so that a firm's own bodies don't wait for strangers.
 */
export class Admission {
	readonly #atOnce: number;
	readonly #clock: Clock;
	readonly #onRefused: (why: OverloadReason) => void;
	readonly #all: Slots;
	readonly #shares: PartyShares;
	readonly #accounts = new LRUCache<string, string>({ max: MAX_REMEMBERED });
	readonly #parties = new LRUCache<string, Party>({ max: MAX_REMEMBERED });
	readonly #running = new WeakMap<IncomingRequest, HeldSlots>();
	/** Requests whose account was found. */
	readonly #found = new WeakSet<IncomingRequest>();
	/** Long bodies being read from senders without a known party. */
	#bodiesOfStrangers = 0;
	#working = 0;
	#waiting = 0;

	constructor(atOnce: number, clock: Clock, onRefused: (why: OverloadReason) => void) {
		this.#atOnce = atOnce;
		this.#clock = clock;
		this.#onRefused = onRefused;
		this.#all = bulkhead(atOnce, atOnce);
		this.#shares = new PartyShares(atOnce);
	}

	/** Call before a body is read; on refusal the body need not be read. @throws RateLimitedError if the request would get no slot. */
	assertCapacity(request: IncomingRequest): void {
		if (this.#sharesFor(request).some(({ slots }) => isFull(slots))) throw this.#refusal('firm');
		if (isFull(this.#all)) throw this.#refusal('all');
	}

	/** Reserves a slot to read a long body; returns the function that releases it. @throws RateLimitedError if too many are being read. */
	reserveBody(request: IncomingRequest): () => void {
		const own = this.#sharesFor(request);
		const stranger = this.#knownPartyOf(request) === undefined ? 1 : 0;
		if (own.some(({ bodies, maxBodies }) => bodies >= maxBodies)) throw this.#refusal('firm');
		if (this.#bodiesOfStrangers + stranger > 2 * this.#atOnce) throw this.#refusal('all');
		const endCount = this.#shares.count(own, 'bodies');
		this.#bodiesOfStrangers += stranger;
		let isHeld = true;
		return () => {
			if (!isHeld) return;
			isHeld = false;
			this.#bodiesOfStrangers -= stranger;
			endCount();
		};
	}

	/** Runs `work` when the request has its slots. @throws RateLimitedError, or the error of `work`. */
	async admit<T>(request: IncomingRequest, work: () => Promise<T>): Promise<T> {
		this.#running.set(request, await this.#waitForTurn(this.#sharesFor(request)));
		this.#working += 1;
		try {
			return await work();
		} finally {
			this.#working -= 1;
			const held = this.#running.get(request);
			this.#running.delete(request);
			held?.releaseShares();
			held?.releaseGlobalSlot();
		}
	}

	/**
	 * Call when the request's account is found and nothing is done for it yet. From now on the request, and later requests with the
	 * same token, count for `party`. Resolves when the request has its slots there. @throws RateLimitedError like `admit`.
	 */
	async assignAccount(request: IncomingRequest, account: string, party: Party): Promise<void> {
		const { authorization } = request.headers;
		if (authorization) {
			this.#accounts.set(keyOf(authorization), account);
			this.#parties.set(account, party);
		}
		this.#found.add(request);
		const held = this.#running.get(request);
		const shares = this.#shares.of(party);
		if (!held || shares.every((share) => held.shares.includes(share))) return;
		held.releaseShares();
		const releaseShares = this.#takeAtOnce(shares);
		if (releaseShares) {
			this.#running.set(request, { shares, releaseShares, releaseGlobalSlot: held.releaseGlobalSlot });
			return;
		}
		held.releaseGlobalSlot();
		this.#running.delete(request);
		this.#working -= 1;
		try {
			this.#running.set(request, await this.#waitForTurn(shares));
		} finally {
			this.#working += 1;
		}
	}

	/**
	 * Call when the request's account may no longer do anything here, or can't be identified. Requests with any of its tokens count
	 * for their address again.
	 */
	forgetAccount({ headers: { authorization } }: IncomingRequest): void {
		if (!authorization) return;
		const key = keyOf(authorization);
		this.#parties.delete(this.#accounts.get(key) ?? '');
		this.#accounts.delete(key);
	}

	/**
	 * Call when the request is over. If no account was found for it, its token is forgotten; otherwise a person who was removed could
	 * hold slots of the firm.
	 */
	forgetIfUnidentified(request: IncomingRequest): void {
		if (!this.#found.has(request)) this.forgetAccount(request);
	}

	/** Bound, because callers pass the method on by itself. */
	readonly requestCounts = (): RequestCounts => ({ working: this.#working, waiting: this.#waiting });

	#knownPartyOf({ headers: { authorization } }: IncomingRequest): Party | undefined {
		const account = authorization && this.#accounts.get(keyOf(authorization));
		return account ? this.#parties.get(account) : undefined;
	}

	#sharesFor(request: IncomingRequest): PartyShare[] {
		return this.#shares.of(this.#knownPartyOf(request) ?? { name: networkOf(request.ip), role: 'OWNER' });
	}

	#refusal(why: OverloadReason): RateLimitedError {
		this.#onRefused(why);
		return new RateLimitedError(OVERLOAD_MESSAGES[why], RETRY_AFTER);
	}

	/** Takes a slot of each of `shares`, then one of all. @throws RateLimitedError if a queue is full or the wait is too long. */
	async #waitForTurn(shares: readonly PartyShare[]): Promise<HeldSlots> {
		const lines = [...shares.map(({ slots }) => slots), this.#all];
		if (shares.some(({ slots }) => isFull(slots))) throw this.#refusal('firm');
		const endCount = this.#shares.count(shares, 'requests');
		try {
			const isFree = lines.every(({ executionSlots }) => executionSlots > 0);
			const taken = await (isFree ? Promise.all(lines.map((line) => acquireSlot(line))) : this.#takeInTurn(lines));
			const releaseGlobalSlot = taken.pop() as () => void;
			const releaseShares = () => {
				for (const release of taken) release();
				endCount();
			};
			return { shares, releaseShares, releaseGlobalSlot };
		} catch (error) {
			endCount();
			throw error;
		}
	}

	async #takeInTurn(lines: readonly Slots[]): Promise<(() => void)[]> {
		const [late, leaving, noLonger] = [Promise.withResolvers<never>(), new AbortController(), new AbortController()];
		void this.#clock.sleep(MAX_WAIT_FOR_SLOT_MS, noLonger.signal).then(() => {
			if (noLonger.signal.aborted) return;
			leaving.abort();
			late.reject(new TaskCancelledError());
		});
		const taken: (() => void)[] = [];
		this.#waiting += 1;
		try {
			for (const line of lines) taken.push(await Promise.race([acquireSlot(line, leaving.signal), late.promise]));
			return taken;
		} catch (error) {
			for (const release of taken) release();
			// A caller who is no owner may find the firm's queue full only after waiting in their own.
			if (error instanceof BulkheadRejectedError) throw this.#refusal(taken.length < lines.length - 1 ? 'firm' : 'all');
			throw error instanceof TaskCancelledError ? this.#refusal('late') : error;
		} finally {
			this.#waiting -= 1;
			noLonger.abort();
		}
	}

	/** Takes slots of a party without waiting, or beside its slots if none is free; null if too many already run beside them. */
	#takeAtOnce(shares: readonly PartyShare[]): (() => void) | null {
		const isBusy = shares.some(({ slots }) => slots.executionSlots === 0);
		if (isBusy && shares.some((share) => share.unrecognized >= share.maxUnrecognized)) return null;
		const endCount = this.#shares.count(shares, 'requests');
		const over = Promise.withResolvers<void>();
		for (const share of shares) {
			// Beside a role's slots, no slot of the firm is taken: those are for people outside the role's portion.
			if (isBusy) share.unrecognized += 1;
			else void share.slots.execute(() => over.promise);
		}
		return () => {
			over.resolve();
			if (isBusy) for (const share of shares) share.unrecognized -= 1;
			endCount();
		};
	}
}

export const createAdmission = (
	atOnce: number,
	clock: Clock,
	onRefused: (why: OverloadReason) => void = () => {},
): Admission => new Admission(atOnce, clock, onRefused);

/** "Bearer" may be followed by any number of spaces. */
const keyOf = (header: string): string => hash('sha256', header.slice(header.lastIndexOf(' ') + 1), 'base64');

const isFull = ({ executionSlots, queueSlots }: Slots): boolean => executionSlots === 0 && queueSlots === 0;

/**
 * Waits for one of `slots`; returns the function that releases it. An aborted request stays in the queue until its turn, so the queue
 * never exceeds its limit.
 */
const acquireSlot = (slots: Slots, signal?: AbortSignal): Promise<() => void> =>
	new Promise((resolve, reject) => {
		slots.execute(() => new Promise<void>((release) => resolve(() => release())), signal).catch(reject);
	});
