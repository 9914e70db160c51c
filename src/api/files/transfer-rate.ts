import type { Clock } from '../../clock/index.ts';

/** How slowly a file may come or go: bytes a second, looked at after so many milliseconds of waiting for the other end. */
const MIN_BYTES_PER_SECOND = 2_048;
export const RATE_WINDOW_MS = 60_000;

/** Waits for the other end of a transfer, which brings or takes so many bytes meanwhile. */
export type TransferRateGuard = <T>(step: Promise<T>, bytesOf: (done: T) => number) => Promise<T>;

/**
 * Calls `cut` for an end that is silent for so many milliseconds, or too slow; `step` fails by that. What else a transfer waits for, such as
 * the store, isn't counted.
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
