import type { TimedSide } from '../harness/rounds.ts';

/** Runs a step `count` times. */
type Loop = (count: number) => void | Promise<void>;

export const repeat =
	(step: () => unknown): Loop =>
	(count) => {
		for (let done = 0; done < count; done++) step();
	};

/** Waits for each result before the next step. */
export const repeatAwaiting =
	(step: () => unknown): Loop =>
	async (count) => {
		for (let done = 0; done < count; done++) await step();
	};

/** Milliseconds before the first round. */
const WARM_UP = 60;
const MIN_COUNT = 10;

/** A side that runs as many steps as take about `milliseconds`; the number is determined during warm-up. */
export async function batched(loop: Loop, milliseconds: number): Promise<TimedSide> {
	const run = async (count: number) => {
		const start = performance.now();
		await loop(count);
		return ((performance.now() - start) * 1000) / count;
	};
	const end = performance.now() + WARM_UP;
	// The fastest, because other programs can only make a run slower.
	let fastest = Number.POSITIVE_INFINITY;
	do fastest = Math.min(fastest, await run(MIN_COUNT));
	while (performance.now() < end);
	const count = Math.max(MIN_COUNT, Math.round((milliseconds * 1000) / fastest));
	return () => run(count);
}
