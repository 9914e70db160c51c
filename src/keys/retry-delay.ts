import type { KeyringPrincipal, KeyUnavailableReason } from './keyring.ts';

/** Milliseconds: the most that the first pause takes, and the most that any does. */
const FIRST = 50;
const LONGEST = 1_000;

/**
 * Milliseconds to wait after so many tries that failed; null: that was the last. Full jitter: anything from none to twice as much each
 * time, so that what failed together does not come again together. An operator's call is not made again of a service that is away, and
 * of one that is overloaded only after the longest pause of everybody else.
 */
export function retryDelay(
	tries: number,
	reason: KeyUnavailableReason,
	side: KeyringPrincipal,
	random: () => number,
): number | null {
	if (reason === 'REFUSED') return null;
	const pause = random() * Math.min(LONGEST, FIRST * 2 ** (tries - 1));
	if (side !== 'operator') return pause;
	return reason === 'THROTTLED' ? LONGEST + pause : null;
}
