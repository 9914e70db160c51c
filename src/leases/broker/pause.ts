const FIRST = 250;
const LONGEST = 5_000;

/**
 * Milliseconds to rest after the given number of failures in a row: each time twice as long, from a quarter of a second up to five,
 * and up to half less, so that what failed together does not come again together.
 */
export const pauseAfter = (failures: number): number =>
	Math.min(LONGEST, FIRST * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
