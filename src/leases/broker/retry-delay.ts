const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;

/**
 * Milliseconds to rest after the given number of failures in a row: each time twice as long, from a quarter of a second up to five,
 * and up to half less, so that what failed together does not come again together.
 */
export const retryDelayAfter = (failures: number): number =>
	Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
