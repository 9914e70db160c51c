import { hash } from 'node:crypto';
import { BulkheadRejectedError, bulkhead, TaskCancelledError } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock/index.ts';
import { networkOf } from './network-of.ts';
import { type Party, type PartyShare, PartyShares, type Slots } from './party-shares.ts';
import { RateLimitedError } from './rate-limit.ts';

/** What is known of a request before anyone has looked into it. */
export interface IncomingRequest {
	readonly ip: string;
	readonly headers: { readonly authorization?: string | undefined };
}

/** Requests of this process. */
export interface RequestCounts {
	readonly working: number;
	readonly waiting: number;
}

/** Why a request has no slot: too many of its firm, too many of all, or it has waited for too long. */
export type OverloadReason = 'firm' | 'all' | 'late';

/** Milliseconds that a request waits for its turn. */
const MAX_WAIT_MS = 2_000;
/** Seconds after which it may be worth to ask again. */
const RETRY_AFTER = 2;
/** Tokens whose account is remembered, and accounts whose firm is: some twenty megabytes. */
const MAX_REMEMBERED = 50_000;

const OVERLOAD_MESSAGES: Readonly<Record<OverloadReason, string>> = {
	firm: 'More requests of yours are under way than are answered at once: wait for some of the answers.',
	all: 'More requests are under way here than can be answered: try again in a few seconds.',
	late: 'The request has waited for too long, and nothing was done: try again in a few seconds.',
};

/** What a request that is worked on has: its slots in the shares that it counts for, and one of all. */
interface HeldSlots {
	readonly shares: readonly PartyShare[];
	/** Once for each. */
	readonly releaseShares: () => void;
	readonly releaseGlobalSlot: () => void;
}

/**
 * Bounds on what is worked on at once and on what waits for its turn: of each firm, of people who are no owners in it, and of all together.
 *
 * `atOnce` requests are worked on at once. A firm has an eighth of these slots, so that it can't take the processor, the pools or the
 * time of a slow key service from all others; what it sends beyond them waits in a line of its own, half as long as there are
 * slots. Those whose turn it is by their firm wait in one line for all, as long as there are slots, and so belong to at most
 * sixteen firms. People who are no owners have a part of what their firm has, in a line before the firm's.
 *
 * A request's token says whose it is, by the account that was found for the last request with it: a hint that costs no question to the
 * database, and gives no right. A token that isn't known yet, or none, counts for the address until the account is found, and for its firm
 * from then on: one person with many tokens and addresses has no more than the firm, and takes nothing from others at the address. Of a
 * firm that has no slot free as many again are worked on so, and the rest waits in its line: people who have just signed in are not held
 * up by those who are at work.
 *
 * As many long bodies are read at once of a firm as it may have requests here. Of all that is not known to be of a firm twice `atOnce` are:
 * a firm's own bodies wait for no stranger's.
 */
export class Admission {
	readonly #atOnce: number;
	readonly #clock: Clock;
	readonly #onRefused: (why: OverloadReason) => void;
	readonly #all: Slots;
	readonly #shares: PartyShares;
	readonly #accounts = new LRUCache<string, string>({ max: MAX_REMEMBERED });
	readonly #parties = new LRUCache<string, Party>({ max: MAX_REMEMBERED });
	/** Requests that are worked on. */
	readonly #running = new WeakMap<IncomingRequest, HeldSlots>();
	/** Those of which the account was found. */
	readonly #found = new WeakSet<IncomingRequest>();
	/** Long bodies that are being read, of those that no party is known of. */
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

	/** Before a body is read, which may be left then. @throws RateLimitedError for a request that would have no slot. */
	assertCapacity(request: IncomingRequest): void {
		if (this.#sharesFor(request).some(({ slots }) => isFull(slots))) throw this.#refusal('firm');
		if (isFull(this.#all)) throw this.#refusal('all');
	}

	/** Takes a slot for a long body that is to be read; answers what gives it back. @throws RateLimitedError when too many are. */
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

	/** Does `work` when it is the request's turn. @throws RateLimitedError, or what `work` throws. */
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
	 * The account that sends the request was found, and nothing was done for it yet: the request counts for `party` from now on, and so does
	 * what comes with the same token. Resolves when it is its turn by that. @throws RateLimitedError as `admit` does.
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
	 * The account that has sent the request may do nothing here any more, or that can't be known: what comes with any of its tokens counts
	 * for its address again.
	 */
	forgetAccount({ headers: { authorization } }: IncomingRequest): void {
		if (!authorization) return;
		const key = keyOf(authorization);
		this.#parties.delete(this.#accounts.get(key) ?? '');
		this.#accounts.delete(key);
	}

	/**
	 * The request is over: if no account was found for it, its token is forgotten, or a person who was removed could hold what is the firm's.
	 */
	forgetIfUnidentified(request: IncomingRequest): void {
		if (!this.#found.has(request)) this.forgetAccount(request);
	}

	/** Bound to this, since it is handed on alone. */
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

	/** Takes a slot of each of `shares`, and one of all, in turn. @throws RateLimitedError when a line is full, or it takes too long. */
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
		void this.#clock.sleep(MAX_WAIT_MS, noLonger.signal).then(() => {
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
			// A caller who is no owner may find the firm's line full only once their own turn has come.
			if (error instanceof BulkheadRejectedError) throw this.#refusal(taken.length < lines.length - 1 ? 'firm' : 'all');
			throw error instanceof TaskCancelledError ? this.#refusal('late') : error;
		} finally {
			this.#waiting -= 1;
			noLonger.abort();
		}
	}

	/** The shares of a party at once, beside its slots if none is free; null when as many are there already. */
	#takeAtOnce(shares: readonly PartyShare[]): (() => void) | null {
		const isBusy = shares.some(({ slots }) => slots.executionSlots === 0);
		if (isBusy && shares.some((share) => share.unrecognized >= share.maxUnrecognized)) return null;
		const endCount = this.#shares.count(shares, 'requests');
		const over = Promise.withResolvers<void>();
		for (const share of shares) {
			// Beside the slots of a part none of the firm's is taken: those are for people who are not of that part.
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

/** However the header is written: Bearer may be followed by any number of blanks. */
const keyOf = (header: string): string => hash('sha256', header.slice(header.lastIndexOf(' ') + 1), 'base64');

const isFull = ({ executionSlots, queueSlots }: Slots): boolean => executionSlots === 0 && queueSlots === 0;

/** Waits for one of `slots`; answers what gives it back. A request that leaves stays in the line until its turn would come: the line gets no longer by that. */
const acquireSlot = (slots: Slots, signal?: AbortSignal): Promise<() => void> =>
	new Promise((resolve, reject) => {
		slots.execute(() => new Promise<void>((release) => resolve(() => release())), signal).catch(reject);
	});
