import { systemClock } from './clock.ts';

/** Callers that wait for a time slice, by owner; the owners are in the order of their next slices. */
const timeSliceQueues = new Map<string, (() => void)[]>();
let isGrantingTimeSlices = false;

/** The share of a slice's time that is left to other work before the next slice: that work takes several round trips to the database. */
const YIELDED_SHARE = 1 / 8;
/** The most that one slice yields, in milliseconds: a slice in which the machine was frozen seems very long. */
const MAX_YIELD = 100;
/** Milliseconds still to yield. One slice may owe less than the one millisecond that a timer can wait. */
let owedYield = 0;

const nextEventLoopTurn = () => new Promise((resolve) => setImmediate(resolve));

async function grantTimeSlices(): Promise<void> {
	isGrantingTimeSlices = true;
	for (const [owner, queue] of timeSliceQueues) {
		await nextEventLoopTurn();
		const began = performance.now();
		// The owner moves to the end, so that each other owner has a slice before its next.
		timeSliceQueues.delete(owner);
		queue.shift()?.();
		if (queue.length > 0) timeSliceQueues.set(owner, queue);
		await nextEventLoopTurn();
		owedYield += Math.min((performance.now() - began) * YIELDED_SHARE, MAX_YIELD);
		const whole = Math.floor(owedYield);
		owedYield -= whole;
		if (whole > 0) await systemClock.sleep(whole);
	}
	isGrantingTimeSlices = false;
}

/**
 * Resolves when the caller may keep the thread for some milliseconds. One caller goes in each round of the event loop, so that timers,
 * database answers and small requests run in between. `owner` names the party that the work is for, such as a firm's id. Owners take turns,
 * however many callers of one owner wait.
 */
export function waitForTimeSlice(owner: string): Promise<void> {
	return new Promise((resolve) => {
		const queue = timeSliceQueues.get(owner);
		if (queue) queue.push(resolve);
		else timeSliceQueues.set(owner, [resolve]);
		if (!isGrantingTimeSlices) void grantTimeSlices();
	});
}
