import { hash } from 'node:crypto';
import { BulkheadRejectedError, bulkhead, TaskCancelledError } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock.ts';
import { networkOf } from './network-of.ts';
import { RateLimitedError } from './rate-limit.ts';

/** What is known of a request before anybody has looked into it. */
export interface Arriving {
	readonly ip: string;
	readonly headers: { readonly authorization?: string | undefined };
}

/** Requests of this process. */
export interface UnderWay {
	readonly working: number;
	readonly waiting: number;
}

/** Why a request has no place: too many of its firm, too many of all, or it has waited for too long. */
export type Overload = 'firm' | 'all' | 'late';

/** Bounds on what is worked on at once and on what waits for its turn: of each firm, and of all together. */
export interface Admission {
	/** Before a body is read, which may be left then. @throws RateLimitedError for a request that would have no place. */
	check(request: Arriving): void;
	/** Takes a place for a long body that is to be read; answers what gives it back. @throws RateLimitedError when too many are. */
	receive(request: Arriving): () => void;
	/** Does `work` when it is the request's turn. @throws RateLimitedError, or what `work` throws. */
	admit<T>(request: Arriving, work: () => Promise<T>): Promise<T>;
	/** Whoever sends the request was found: from now on what comes with the same token counts for `party`, a firm or an operator. */
	know(request: Arriving, party: string): void;
	/** Whoever sends the request may do nothing here any more: what comes with the same token counts for its address again. */
	forget(request: Arriving): void;
	underWay(): UnderWay;
}

/** Milliseconds that a request waits for its turn. */
const PATIENCE = 2_000;
/** Seconds after which it may be worth to ask again. */
const RETRY_AFTER = 2;
/** Tokens whose firm is remembered: some ten megabytes. */
const KNOWN = 50_000;

const SENTENCES: Readonly<Record<Overload, string>> = {
	firm: 'More requests of yours are under way than are answered at once: wait for some of the answers.',
	all: 'More requests are under way here than can be answered: try again in a few seconds.',
	late: 'The request has waited for too long, and nothing was done: try again in a few seconds.',
};

/**
 * `atOnce` requests are worked on at once. A firm has an eighth of these places, so that it can't take the processor, the pools or the
 * patience of a slow key service from all others; what it sends beyond them waits in a line of its own, half as long as there are
 * places. Those whose turn it is by their firm wait in one line for all, as long as there are places, and so are of sixteen firms
 * at most that have lines. Whose a request is says its token, by what the last one with it was found to be: a hint that costs no
 * question to the database, and gives no right. A token that isn't known yet, or none, counts for the address.
 *
 * As many long bodies are read at once of a firm as it may have requests here. Of all that is not known to be of a firm twice `atOnce` are:
 * a firm's own wait for no stranger.
 */
export function createAdmission(
	atOnce: number,
	clock: Clock,
	onRefused: (why: Overload) => void = () => {},
): Admission {
	const all = bulkhead(atOnce, atOnce);
	const [ownPlaces, ownLine] = [Math.ceil(atOnce / 8), Math.ceil(atOnce / 2)];
	const newPlaces = () => bulkhead(ownPlaces, ownLine);
	/** Of those only who have a request here. */
	const parties = new Map<string, { readonly places: ReturnType<typeof newPlaces>; requests: number }>();
	const known = new LRUCache<string, string>({ max: KNOWN });
	/** Long bodies that are being read, by party; and of those that no party is known of. */
	const bodies = new Map<string, number>();
	let ofStrangers = 0;
	let working = 0;
	let waiting = 0;

	const keyOf = (token: string) => hash('sha256', token, 'base64');
	const knownOf = ({ headers: { authorization } }: Arriving): string | undefined =>
		authorization ? known.get(keyOf(authorization)) : undefined;
	const partyOf = (request: Arriving): string => knownOf(request) ?? networkOf(request.ip);
	const isFull = (places: ReturnType<typeof newPlaces> | undefined) =>
		places?.executionSlots === 0 && places.queueSlots === 0;
	const refusal = (why: Overload) => {
		onRefused(why);
		return new RateLimitedError(SENTENCES[why], RETRY_AFTER);
	};

	return {
		check(request) {
			if (isFull(parties.get(partyOf(request))?.places)) throw refusal('firm');
			if (isFull(all)) throw refusal('all');
		},
		receive(request) {
			const party = partyOf(request);
			const stranger = knownOf(request) === undefined ? 1 : 0;
			const ofParty = bodies.get(party) ?? 0;
			if (ofParty >= ownPlaces + ownLine) throw refusal('firm');
			if (ofStrangers + stranger > 2 * atOnce) throw refusal('all');
			bodies.set(party, ofParty + 1);
			ofStrangers += stranger;
			let isHeld = true;
			return () => {
				if (!isHeld) return;
				isHeld = false;
				ofStrangers -= stranger;
				const left = (bodies.get(party) ?? 1) - 1;
				if (left > 0) bodies.set(party, left);
				else bodies.delete(party);
			};
		},
		async admit(request, work) {
			const key = partyOf(request);
			const party = parties.get(key) ?? { places: newPlaces(), requests: 0 };
			if (isFull(party.places)) throw refusal('firm');
			parties.set(key, party);
			party.requests += 1;
			waiting += 1;
			const leaving = new AbortController();
			const late = Promise.withResolvers<never>();
			const noLonger = new AbortController();
			const stopWaiting = () => {
				if (!noLonger.signal.aborted) waiting -= 1;
				noLonger.abort();
			};
			void clock.sleep(PATIENCE, noLonger.signal).then(() => {
				if (noLonger.signal.aborted) return;
				leaving.abort();
				late.reject(new TaskCancelledError());
			});
			const workInTurn = async () => {
				stopWaiting();
				working += 1;
				try {
					return await work();
				} finally {
					working -= 1;
				}
			};
			const { signal } = leaving;
			try {
				// Who has left keeps a place in the line until its turn would come: a line that stands still gets no longer.
				const inTurn = party.places.execute(() => all.execute(workInTurn, signal), signal);
				return await Promise.race([inTurn, late.promise]);
			} catch (error) {
				if (error instanceof BulkheadRejectedError) throw refusal('all');
				throw error instanceof TaskCancelledError ? refusal('late') : error;
			} finally {
				stopWaiting();
				party.requests -= 1;
				if (party.requests === 0) parties.delete(key);
			}
		},
		know({ headers: { authorization } }, party) {
			if (authorization) known.set(keyOf(authorization), party);
		},
		forget({ headers: { authorization } }) {
			if (authorization) known.delete(keyOf(authorization));
		},
		underWay: () => ({ working, waiting }),
	};
}
