import type { Clock } from '../../clock/index.ts';

/** How slowly a file may come or go: bytes a second, looked at after so many milliseconds of waiting for the other end. */
const SLOWEST = 2_048;
export const WINDOW = 60_000;

/** Waits for the other end of a transfer, which brings or takes so many bytes meanwhile. */
export type Pace = <T>(step: Promise<T>, bytesOf: (done: T) => number) => Promise<T>;

/**
 * Calls `cut` for an end that is silent for so many milliseconds, or too slow; `step` fails by that. What else a transfer waits for, such as
 * the store, isn't counted.
 */
export function createPace(clock: Clock, silence: number, cut: () => void): Pace {
	let moved = 0;
	let waited = 0;
	return async (step, bytesOf) => {
		const start = clock.now();
		const over = new AbortController();
		void clock.sleep(silence, over.signal).then(() => {
			if (!over.signal.aborted) cut();
		});
		const done = await step.finally(() => over.abort());
		waited += clock.now() - start;
		moved += bytesOf(done);
		if (waited > WINDOW) {
			if (moved < (waited / 1000) * SLOWEST) cut();
			[waited, moved] = [0, 0];
		}
		return done;
	};
}
