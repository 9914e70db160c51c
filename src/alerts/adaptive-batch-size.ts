import { MOST_ENTRIES } from './watch-entries.ts';

/** Looks that work in a row until the next takes more again. */
const SUCCESSES_TO_GROW = 8;

/** How many entries the next look takes. */
export interface AdaptiveBatchSize {
	limit(): number;
	onSuccess(): void;
	onFailure(): void;
}

/**
 * Half as many after each look that failed, down to one, since what can't be looked at together may be looked at in parts; more only after
 * several that worked, as each that fails may take as long as a statement may.
 */
export function createAdaptiveBatchSize(): AdaptiveBatchSize {
	let most = MOST_ENTRIES;
	let row = 0;
	return {
		limit: () => most,
		onSuccess() {
			row += 1;
			if (row < SUCCESSES_TO_GROW) return;
			row = 0;
			most = Math.min(MOST_ENTRIES, most * 2);
		},
		onFailure() {
			row = 0;
			most = Math.max(1, Math.floor(most / 2));
		},
	};
}
