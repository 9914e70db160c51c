import type { Clock } from '../../clock.ts';
import { createSlots } from './slots.ts';

/** Few enough that several others always find one. */
const MOST_EACH = 3;
/** Milliseconds: an answer that is not read holds its place for as many. */
const PATIENCE = 5_000;

/** Takes a person's place for a request under a lease; resolves with what gives it back. */
export type TakeLeasePlace = (person: string) => Promise<() => void>;

/**
 * Places of requests under leases: as many as there are connections that hold one, so that who has a place finds a connection each time that
 * it takes its lease. The place comes first: who waits for one in vain has taken nothing from the lease.
 * @throws RateLimitedError when none is free in time.
 */
export function createLeasePlaces(most: number, clock: Clock): TakeLeasePlace {
	const limits = { most, mostOfFirm: most, mostEach: MOST_EACH };
	const take = createSlots(limits, 'requests under leases');
	/** Those who wait, first to last: a place that is given back is offered to them in the same moment, so that no later one overtakes. */
	const line = new Set<() => void>();
	return async (person) => {
		const { promise, resolve, reject } = Promise.withResolvers<() => void>();
		const noLonger = new AbortController();
		let refusal: unknown;
		function tryToTake(): void {
			try {
				// A place is of a person, whatever the firm.
				const giveBack = take({ account: person, firm: person, isGuest: false });
				line.delete(tryToTake);
				noLonger.abort();
				resolve(() => {
					giveBack();
					for (const next of line) next();
				});
			} catch (error) {
				refusal = error;
			}
		}
		line.add(tryToTake);
		tryToTake();
		void clock.sleep(PATIENCE, noLonger.signal).then(() => {
			if (line.delete(tryToTake)) reject(refusal);
		});
		return promise;
	};
}
