/** Milliseconds: the most to wait after the first attempt, and after any. */
const FIRST = 1_000;
const MAX_DELAY = 60 * 60 * 1_000;

/**
 * Milliseconds to wait after the attempt of this number: anything up to a second that doubles with each, and up to an hour at most.
 * The whole of it is left to chance, so that what failed together isn't tried again together. `random`: from 0, below 1.
 */
export const webhookRetryDelay = (attempts: number, random: () => number): number =>
	Math.floor(random() * Math.min(MAX_DELAY, FIRST * 2 ** Math.min(attempts - 1, 30)));
