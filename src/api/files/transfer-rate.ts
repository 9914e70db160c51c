import type { Clock } from '../../clock/index.ts';

/** The minimum rate of a transfer in bytes per second, checked after this many milliseconds of waiting for the other end. */
export const MIN_BYTES_PER_SECOND = 2_048;
export const RATE_WINDOW_MS = 60_000;

/** Waits for one step of the other end, which transfers `bytesOf` bytes. */
export type TransferRateGuard = <T>(step: Promise<T>, bytesOf: (done: T) => number) => Promise<T>;

/**
 * Calls `cut` if the other end is silent for `silence` milliseconds or too slow; `step` then fails. Time spent on anything else, such
 * as the object store, does not count.
 */
export function createTransferRateGuard(clock: Clock, silence: number, cut: () => void): TransferRateGuard {
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
		if (waited > RATE_WINDOW_MS) {
			if (moved < (waited / 1000) * MIN_BYTES_PER_SECOND) cut();
			[waited, moved] = [0, 0];
		}
		return done;
	};
}
