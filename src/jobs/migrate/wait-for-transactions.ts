import { type JobRow, selectOpenTransactions } from '../../database/index.ts';
import type { PageResult } from '../engine/index.ts';
import type { MigrateParts } from './field-move.ts';

/** Milliseconds: of the whole wait, and between two looks. */
const LONGEST = 10_000;
const MOMENT = 50;

/** Waits until everybody has ended who has a transaction open now. false: somebody goes on for long. */
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

/** The step is done again from its beginning. */
export const retryAfterTransactions: PageResult = {
	write: async () => ({ progress: { wait: 1, trouble: 'WAITS_FOR_TRANSACTIONS' }, entries: [] }),
};
