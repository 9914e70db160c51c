import type { Clock } from '../../clock/index.ts';
import { createSlots } from './slots.ts';

/** Few enough that several others always find one. */
const MAX_PER_PERSON = 3;
/** Milliseconds: longer than an answer that is not read holds its slot, so that one comes free meanwhile. */
const SLOT_TIMEOUT_MS = 8_000;

/** Takes a person's slot for a request under a lease; resolves with what gives it back. */
export type TakeLeaseSlot = (person: string) => Promise<() => void>;

/**
 * Slots of requests under leases: as many as there are connections that hold one, so that a request with a slot finds a connection each time
 * that it takes its lease. The slot comes first: a request that waits for one in vain has taken nothing from the lease.
 * @throws RateLimitedError when none is free in time.
 */
export function createLeaseSlots(most: number, clock: Clock): TakeLeaseSlot {
	const limits = { max: most, maxPerFirm: most, maxPerAccount: MAX_PER_PERSON };
	const take = createSlots(limits, 'requests under leases');
	/** How many slots each person has. */
	const held = new Map<string, number>();
	/**
	 * Those who wait, with what tries to take a slot for them, first to last. A slot that is given back is offered in the same moment, first
	 * to the people who have the fewest slots, or some could hand all of them on among each other.
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
				// A slot belongs to a person, whatever the firm.
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
		void clock.sleep(SLOT_TIMEOUT_MS, noLonger.signal).then(() => {
			if (line.delete(tryToTake)) reject(refusal);
		});
		return promise;
	};
}
