import { MOST_ENTRIES } from './watch-entries.ts';

/** Looks that work in a row until the next takes more again. */
const STEADY = 8;

/** How many entries the next look takes. */
export interface Pace {
	most(): number;
	worked(): void;
	failed(): void;
}

/**
 * Half as many after each look that failed, down to one, since what can't be looked at together may be looked at in parts; more only after
 * several that worked, as each that fails may take as long as a statement may.
 */
export function createPace(): Pace {
	let most = MOST_ENTRIES;
	let row = 0;
	return {
		most: () => most,
		worked() {
			row += 1;
			if (row < STEADY) return;
			row = 0;
			most = Math.min(MOST_ENTRIES, most * 2);
		},
		failed() {
			row = 0;
			most = Math.max(1, Math.floor(most / 2));
		},
	};
}
