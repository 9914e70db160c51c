import type { TimedSide } from '../rounds.ts';

/** Runs something so many times. */
export type Loop = (count: number) => void | Promise<void>;

export const repeat =
	(step: () => unknown): Loop =>
	(count) => {
		for (let done = 0; done < count; done++) step();
	};

/** One after the other, as whoever needs each result waits for it. */
export const repeatAwaiting =
	(step: () => unknown): Loop =>
	async (count) => {
		for (let done = 0; done < count; done++) await step();
	};

/** Milliseconds, for the compiler, before the first round. */
const WARM_UP = 60;
const FEWEST = 10;

/** A side of rounds: as many runs a batch as take about `milliseconds`, found out while it warms up. */
export async function timed(loop: Loop, milliseconds: number): Promise<TimedSide> {
	const run = async (count: number) => {
		const start = performance.now();
		await loop(count);
		return ((performance.now() - start) * 1000) / count;
	};
	const end = performance.now() + WARM_UP;
	// The fastest, since whatever else runs on the machine only ever makes one slower.
	let fastest = Number.POSITIVE_INFINITY;
	do fastest = Math.min(fastest, await run(FEWEST));
	while (performance.now() < end);
	const count = Math.max(FEWEST, Math.round((milliseconds * 1000) / fastest));
	return () => run(count);
}
