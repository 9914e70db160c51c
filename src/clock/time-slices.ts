import { systemClock } from './clock.ts';

/** Callers that wait for a time slice, by whose work it is; in the order in which these owners have theirs. */
const timeSliceQueues = new Map<string, (() => void)[]>();
let isGrantingTimeSlices = false;

/** The share of a slice's time that is left to others before the next slice: what they do takes several round trips to the database. */
const YIELDED_SHARE = 1 / 8;
/** Milliseconds that one slice yields at most, such as one in which the machine was frozen. */
const MAX_YIELD = 100;
/** Milliseconds still to be yielded: a slice may owe less than the one that a timer counts. */
let owedYield = 0;

const nextEventLoopTurn = () => new Promise((resolve) => setImmediate(resolve));

async function grantTimeSlices(): Promise<void> {
	isGrantingTimeSlices = true;
	for (const [owner, queue] of timeSliceQueues) {
		await nextEventLoopTurn();
		const began = performance.now();
		// The owner goes to the end, so that its next slice comes after all others'.
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
 * Resolves when the caller may keep the thread for some milliseconds: one caller in each round of the event loop, so that timers, answers of
 * the database and small requests come in between. `owner`: whose work it is, such as a firm's. Each owner has a slice before one has its
 * second, however many callers of an owner wait.
 */
export function waitForTimeSlice(owner: string): Promise<void> {
	return new Promise((resolve) => {
		const queue = timeSliceQueues.get(owner);
		if (queue) queue.push(resolve);
		else timeSliceQueues.set(owner, [resolve]);
		if (!isGrantingTimeSlices) void grantTimeSlices();
	});
}
