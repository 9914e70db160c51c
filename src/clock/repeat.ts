import type { Clock, WakeableTask } from './clock.ts';

export interface RepeatOptions {
	readonly clock: Clock;
	/** Milliseconds from an end to the next beginning. */
	readonly period: number;
	/** The first error of a row; what failed is tried again after a period. */
	readonly onFailure: (error: unknown) => void;
	/** It works again. */
	readonly onRecovery: () => void;
}

/**
 * Does something again and again, never twice at a time, and tells of a row of failures once. `work` answers whether there is more to do
 * at once, or in how many milliseconds; null: nothing was tried, so that what failed fails still.
 */
export function repeat(
	work: () => Promise<boolean | number | null>,
	{ clock, period, onFailure, onRecovery }: RepeatOptions,
): WakeableTask {
	let fails = false;
	return clock.every(async () => {
		try {
			const more = await work();
			if (fails && more !== null) onRecovery();
			fails &&= more === null;
			if (typeof more === 'number') return more;
			return more ? 0 : period;
		} catch (error) {
			if (!fails) onFailure(error);
			fails = true;
			return period;
		}
	});
}
