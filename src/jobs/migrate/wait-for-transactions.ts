import { type JobRow, selectOpenTransactions } from '../../database/index.ts';
import { pageResult } from '../engine/index.ts';
import type { MigrateParts } from './field-move.ts';

/** Milliseconds: the longest wait, and the time between two checks. */
const LONGEST = 10_000;
const MOMENT = 50;

/** Waits until every transaction that is open now has ended. False if one of them stays open too long. */
export async function waitForOpenTransactions(
	{ clock, read, signal }: Pick<MigrateParts, 'clock' | 'read' | 'signal'>,
	job: JobRow,
): Promise<boolean> {
	const open = await read(job, selectOpenTransactions);
	for (const end = clock.now() + LONGEST; ; await clock.sleep(MOMENT, signal)) {
		const now = await read(job, selectOpenTransactions);
		if (![...open].some((name) => now.has(name))) return true;
		if (signal.aborted || clock.now() > end) return false;
	}
}

/** Makes the step run again from its beginning. */
export const retryAfterTransactions = pageResult({ wait: 1, trouble: 'WAITS_FOR_TRANSACTIONS' });
