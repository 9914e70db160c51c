import type { Clock } from '../../clock/index.ts';
import { createSlots } from './slots.ts';

/** Low enough that several other people always find a slot. */
export const MAX_LEASE_REQUESTS_PER_PERSON = 3;
/** Milliseconds. Longer than an unread answer holds its slot, so that a slot becomes free in this time. */
export const LEASE_SLOT_TIMEOUT_MS = 8_000;

/** Takes a person's slot for a request under a lease; resolves with the function that releases it. */
export type TakeLeaseSlot = (person: string) => Promise<() => void>;

/**
 * Slots for requests under leases: as many as there are connections for leases, so that a request with a slot always finds a
 * connection. The slot comes first: a request that waits in vain has taken nothing from the lease.
 * @throws RateLimitedError if no slot is free in time.
 */
export function createLeaseSlots(most: number, clock: Clock): TakeLeaseSlot {
	const limits = { max: most, maxPerFirm: most, maxPerAccount: MAX_LEASE_REQUESTS_PER_PERSON };
	const take = createSlots(limits, 'requests under leases');
	/** Number of slots per person. */
	const held = new Map<string, number>();
	/**
	 * The queue: a function that tries to take a slot, and the person it is for, oldest first. A released slot is offered at once,
	 * first to the person with the fewest slots; otherwise a few people could pass all slots among each other.
	 */
	const line = new Map<() => void, string>();
	const heldBy = (person: string) => held.get(person) ?? 0;
	function offer(): void {
		const bySlots = [...line].sort(([, one], [, other]) => heldBy(one) - heldBy(other));
		for (const [tryToTake] of bySlots) tryToTake();
	}
	return async (person) => {
		const { promise, resolve, reject } = Promise.withResolvers<() => void>();
		const noLonger = new AbortController();
		let refusal: unknown;
		function tryToTake(): void {
			try {
				// A slot counts for the person, across firms.
				const giveBackSlot = take({ account: person, firm: person, isClient: false });
				line.delete(tryToTake);
				noLonger.abort();
				held.set(person, heldBy(person) + 1);
				let isHeld = true;
				resolve(() => {
					if (!isHeld) return;
					isHeld = false;
					if (heldBy(person) > 1) held.set(person, heldBy(person) - 1);
					else held.delete(person);
					giveBackSlot();
					offer();
				});
			} catch (error) {
				refusal = error;
			}
		}
		line.set(tryToTake, person);
		tryToTake();
		void clock.sleep(LEASE_SLOT_TIMEOUT_MS, noLonger.signal).then(() => {
			if (line.delete(tryToTake)) reject(refusal);
		});
		return promise;
	};
}
