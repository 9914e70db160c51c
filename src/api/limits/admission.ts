import { hash } from 'node:crypto';
import { BulkheadRejectedError, bulkhead, TaskCancelledError } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { type FirmRole, type Principal, partyNameOf } from '../../access/index.ts';
import type { Clock } from '../../clock/index.ts';
import { networkOf } from './network-of.ts';
import { RateLimitedError } from './rate-limit.ts';

/** What is known of a request before anybody has looked into it. */
export interface IncomingRequest {
	readonly ip: string;
	readonly headers: { readonly authorization?: string | undefined };
}

/** Requests of this process. */
export interface RequestCounts {
	readonly working: number;
	readonly waiting: number;
}

/** Why a request has no place: too many of its firm, too many of all, or it has waited for too long. */
export type OverloadReason = 'firm' | 'all' | 'late';

/** For whom requests count: a firm, and as what in it; or a person of the platform, who owns all that is theirs. */
export interface Party {
	readonly name: string;
	readonly role: FirmRole;
}

/** For whom requests and statements count: the people of a firm together, each by their role in it; those of the platform each. */
export const partyOf = (principal: Principal): Party => ({
	name: partyNameOf(principal),
	role: principal.kind === 'firm' ? principal.role : 'OWNER',
});

/** Bounds on what is worked on at once and on what waits for its turn: of each firm, of who is no owner in it, and of all together. */
export interface Admission {
	/** Before a body is read, which may be left then. @throws RateLimitedError for a request that would have no place. */
	assertCapacity(request: IncomingRequest): void;
	/** Takes a place for a long body that is to be read; answers what gives it back. @throws RateLimitedError when too many are. */
	reserveBody(request: IncomingRequest): () => void;
	/** Does `work` when it is the request's turn. @throws RateLimitedError, or what `work` throws. */
	admit<T>(request: IncomingRequest, work: () => Promise<T>): Promise<T>;
	/**
	 * The account that sends the request was found, and nothing was done for it yet: the request counts for `party` from now on, and so does
	 * what comes with the same token. Resolves when it is its turn by that. @throws RateLimitedError as `admit` does.
	 */
	assignAccount(request: IncomingRequest, account: string, party: Party): Promise<void>;
	/**
	 * The account that has sent the request may do nothing here any more, or that can't be known: what comes with any of its tokens counts
	 * for its address again.
	 */
	forgetAccount(request: IncomingRequest): void;
	/** The request is over: of whom no account was found the token says nothing, or who was removed could hold what is the firm's. */
	forgetIfUnidentified(request: IncomingRequest): void;
	requestCounts(): RequestCounts;
}

/** Milliseconds that a request waits for its turn. */
const MAX_WAIT_MS = 2_000;
/** Seconds after which it may be worth to ask again. */
const RETRY_AFTER = 2;
/** Tokens whose account is remembered, and accounts whose firm is: some twenty megabytes. */
const MAX_REMEMBERED = 50_000;

/**
 * How much of what a firm has people of a role may have, all together with those of the roles before it. Owners, who revoke leases and remove
 * members, so have places and a line which no one else fills.
 */
const ROLE_PORTIONS: readonly (readonly [role: FirmRole, part: number])[] = [
	['CLIENT', 1 / 2],
	['MEMBER', 3 / 4],
	['OWNER', 1],
];

const OVERLOAD_MESSAGES: Readonly<Record<OverloadReason, string>> = {
	firm: 'More requests of yours are under way than are answered at once: wait for some of the answers.',
	all: 'More requests are under way here than can be answered: try again in a few seconds.',
	late: 'The request has waited for too long, and nothing was done: try again in a few seconds.',
};

/** What a request that is worked on has: its places in the shares that it counts for, and one of all. */
interface HeldSlots {
	readonly shares: readonly PartyShare[];
	/** Once for each. */
	readonly releaseShares: () => void;
	readonly releaseGlobalSlot: () => void;
}

/** What a party has here. */
interface PartyShare {
	readonly key: string;
	readonly slots: ReturnType<typeof bulkhead>;
	/** Long bodies that may be read at once. */
	readonly maxBodies: number;
	/** Requests with tokens that were new, which may be worked on beside its places. */
	readonly maxUnrecognized: number;
	bodies: number;
	requests: number;
	unrecognized: number;
}

/**
 * `atOnce` requests are worked on at once. A firm has an eighth of these places, so that it can't take the processor, the pools or the
 * patience of a slow key service from all others; what it sends beyond them waits in a line of its own, half as long as there are
 * places. Those whose turn it is by their firm wait in one line for all, as long as there are places, and so are of sixteen firms
 * at most that have lines. Of what a firm has, who is no owner has a part, in a line before the firm's.
 *
 * Whose a request is says its token, by the account that the last one with it was found to be of: a hint that costs no question to the
 * database, and gives no right. A token that isn't known yet, or none, counts for the address until the account is found, and for its firm
 * from then on: one person with many tokens and addresses has no more than the firm, and takes nothing from others at the address. Of a
 * firm that has no place free as many again are worked on so, and the rest waits in its line: people who have just signed in are not held
 * up by those who are at work.
 *
 * As many long bodies are read at once of a firm as it may have requests here. Of all that is not known to be of a firm twice `atOnce` are:
 * a firm's own wait for no stranger.
 */
export function createAdmission(
	atOnce: number,
	clock: Clock,
	onRefused: (why: OverloadReason) => void = () => {},
): Admission {
	const all = bulkhead(atOnce, atOnce);
	const ofFirm = { places: Math.ceil(atOnce / 8), line: Math.ceil(atOnce / 2) };
	/** Of those only who have a request or a long body here. */
	const shares = new Map<string, PartyShare>();
	const accounts = new LRUCache<string, string>({ max: MAX_REMEMBERED });
	const parties = new LRUCache<string, Party>({ max: MAX_REMEMBERED });
	/** Requests that are worked on. */
	const running = new WeakMap<IncomingRequest, HeldSlots>();
	/** Those of which the account was found. */
	const found = new WeakSet<IncomingRequest>();
	/** Long bodies that are being read, of those that no party is known of. */
	let ofStrangers = 0;
	let working = 0;
	let waiting = 0;

	/** However the header is written: Bearer may be followed by any number of blanks. */
	const keyOf = (header: string) => hash('sha256', header.slice(header.lastIndexOf(' ') + 1), 'base64');
	const knownOf = ({ headers: { authorization } }: IncomingRequest): Party | undefined => {
		const account = authorization && accounts.get(keyOf(authorization));
		return account ? parties.get(account) : undefined;
	};
	const newShare = (key: string, part: number): PartyShare => {
		const places = Math.max(1, Math.floor(ofFirm.places * part));
		const line = Math.floor(ofFirm.line * part);
		const nothing = { bodies: 0, requests: 0, unrecognized: 0 };
		return { key, slots: bulkhead(places, line), maxBodies: places + line, maxUnrecognized: places, ...nothing };
	};
	/** In the order in which a request waits for them. */
	const sharesOf = ({ name, role }: Party): PartyShare[] =>
		ROLE_PORTIONS.slice(ROLE_PORTIONS.findIndex(([each]) => each === role)).map(([upTo, part]) => {
			const key = `${upTo} ${name}`;
			return shares.get(key) ?? newShare(key, part);
		});
	const sharesFor = (request: IncomingRequest) =>
		sharesOf(knownOf(request) ?? { name: networkOf(request.ip), role: 'OWNER' });
	const change = (share: PartyShare, what: 'bodies' | 'requests', by: 1 | -1) => {
		share[what] += by;
		if (share.bodies + share.requests > 0) shares.set(share.key, share);
		else shares.delete(share.key);
	};
	function forget({ headers: { authorization } }: IncomingRequest): void {
		if (!authorization) return;
		const key = keyOf(authorization);
		parties.delete(accounts.get(key) ?? '');
		accounts.delete(key);
	}
	const isFull = ({ executionSlots, queueSlots }: PartyShare['slots']) => executionSlots === 0 && queueSlots === 0;
	const refusal = (why: OverloadReason) => {
		onRefused(why);
		return new RateLimitedError(OVERLOAD_MESSAGES[why], RETRY_AFTER);
	};

	/** Counts the request for `shares`; answers what ends that. */
	function count(shares: readonly PartyShare[], what: 'bodies' | 'requests'): () => void {
		for (const share of shares) change(share, what, 1);
		return () => {
			for (const share of shares) change(share, what, -1);
		};
	}
	/** Takes a place of each of `shares`, and one of all, in turn. @throws RateLimitedError when a line is full, or it takes too long. */
	async function waitForTurn(shares: readonly PartyShare[]): Promise<HeldSlots> {
		const lines = [...shares.map(({ slots }) => slots), all];
		if (shares.some(({ slots }) => isFull(slots))) throw refusal('firm');
		const counted = count(shares, 'requests');
		try {
			const isFree = lines.every(({ executionSlots }) => executionSlots > 0);
			const places = await (isFree ? Promise.all(lines.map((line) => acquireSlot(line))) : takeInTurn(lines));
			const giveBackAll = places.pop() as () => void;
			const giveBackShares = () => {
				for (const giveBack of places) giveBack();
				counted();
			};
			return { shares, releaseShares: giveBackShares, releaseGlobalSlot: giveBackAll };
		} catch (error) {
			counted();
			throw error;
		}
	}
	async function takeInTurn(lines: readonly PartyShare['slots'][]): Promise<(() => void)[]> {
		const [late, leaving, noLonger] = [Promise.withResolvers<never>(), new AbortController(), new AbortController()];
		void clock.sleep(MAX_WAIT_MS, noLonger.signal).then(() => {
			if (noLonger.signal.aborted) return;
			leaving.abort();
			late.reject(new TaskCancelledError());
		});
		const taken: (() => void)[] = [];
		waiting += 1;
		try {
			for (const line of lines) taken.push(await Promise.race([acquireSlot(line, leaving.signal), late.promise]));
			return taken;
		} catch (error) {
			for (const giveBack of taken) giveBack();
			// Of who is no owner the firm's line may be found full only once their own turn has come.
			if (error instanceof BulkheadRejectedError) throw refusal(taken.length < lines.length - 1 ? 'firm' : 'all');
			throw error instanceof TaskCancelledError ? refusal('late') : error;
		} finally {
			waiting -= 1;
			noLonger.abort();
		}
	}
	/** The shares of a party at once, beside its places if none is free; null when as many are there already. */
	function takeAtOnce(shares: readonly PartyShare[]): (() => void) | null {
		const isBusy = shares.some(({ slots }) => slots.executionSlots === 0);
		if (isBusy && shares.some((share) => share.unrecognized >= share.maxUnrecognized)) return null;
		const counted = count(shares, 'requests');
		const over = Promise.withResolvers<void>();
		for (const share of shares) {
			// Beside the places of a part none of the firm's is taken: those are for who is not of that part.
			if (isBusy) share.unrecognized += 1;
			else void share.slots.execute(() => over.promise);
		}
		return () => {
			over.resolve();
			if (isBusy) for (const share of shares) share.unrecognized -= 1;
			counted();
		};
	}

	return {
		assertCapacity(request) {
			if (sharesFor(request).some(({ slots }) => isFull(slots))) throw refusal('firm');
			if (isFull(all)) throw refusal('all');
		},
		reserveBody(request) {
			const own = sharesFor(request);
			const stranger = knownOf(request) === undefined ? 1 : 0;
			if (own.some(({ bodies, maxBodies }) => bodies >= maxBodies)) throw refusal('firm');
			if (ofStrangers + stranger > 2 * atOnce) throw refusal('all');
			const counted = count(own, 'bodies');
			ofStrangers += stranger;
			let isHeld = true;
			return () => {
				if (!isHeld) return;
				isHeld = false;
				ofStrangers -= stranger;
				counted();
			};
		},
		async admit<T>(request: IncomingRequest, work: () => Promise<T>) {
			running.set(request, await waitForTurn(sharesFor(request)));
			working += 1;
			try {
				return await work();
			} finally {
				working -= 1;
				const turn = running.get(request);
				running.delete(request);
				turn?.releaseShares();
				turn?.releaseGlobalSlot();
			}
		},
		async assignAccount(request, account, party) {
			const { authorization } = request.headers;
			if (authorization) {
				accounts.set(keyOf(authorization), account);
				parties.set(account, party);
			}
			found.add(request);
			const turn = running.get(request);
			const shares = sharesOf(party);
			if (!turn || shares.every((share) => turn.shares.includes(share))) return;
			turn.releaseShares();
			const giveBackShares = takeAtOnce(shares);
			if (giveBackShares) {
				running.set(request, { shares, releaseShares: giveBackShares, releaseGlobalSlot: turn.releaseGlobalSlot });
				return;
			}
			turn.releaseGlobalSlot();
			running.delete(request);
			working -= 1;
			try {
				running.set(request, await waitForTurn(shares));
			} finally {
				working += 1;
			}
		},
		forgetIfUnidentified(request) {
			if (!found.has(request)) forget(request);
		},
		forgetAccount: forget,
		requestCounts: () => ({ working, waiting }),
	};
}

/** Waits for one of `places`; answers what gives it back. Who has left stays in the line until its turn would come: it gets no longer by that. */
const acquireSlot = (places: PartyShare['slots'], signal?: AbortSignal): Promise<() => void> =>
	new Promise((resolve, reject) => {
		places.execute(() => new Promise<void>((giveBack) => resolve(() => giveBack())), signal).catch(reject);
	});
