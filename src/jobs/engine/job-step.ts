import type { EntryDraft } from '../../audit/index.ts';
import type { JobPageRow, JobProgress, JobRow, Transaction } from '../../database/index.ts';
import { KeyUnavailableError } from '../../keys/index.ts';

/** Transactions in the name of a job: row policies show them the rows that the job may see. */
export interface JobTransactions {
	readonly read: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly write: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}

export interface PageResult {
	/**
	 * Runs in the transaction that ends the page; absent if there is nothing to write. The returned entries are in the log before the commit.
	 */
	readonly write?: (tx: Transaction) => Promise<PageWrites>;
}

export interface PageWrites {
	readonly progress?: JobProgress;
	readonly entries?: readonly EntryDraft[];
}

/** The result of a page that writes nothing but the job's progress, and entries of the log. */
export const pageResult = (progress: JobProgress, entries: readonly EntryDraft[] = []): PageResult => ({
	write: async () => ({ progress, entries }),
});

/**
 * One step of a kind of job. The steps of a kind run in order. A step may run again, because its worker can be killed at any moment; only
 * what the page's transaction has committed is written.
 */
export interface JobStep {
	/** True if the step has one page at a time. If false, any number of workers begin pages until `plan` returns null. */
	readonly isSinglePage: boolean;
	/** Returns where the next page ends; null if there is no next page. Runs in the transaction that locks the job. */
	plan(tx: Transaction, job: JobRow): Promise<PlannedPage | null>;
	/** Runs outside any transaction. If it throws KeyUnavailableError or ObjectStoreError, the page is retried. */
	work(job: JobRow, page: JobPageRow): Promise<PageResult>;
}

export interface PlannedPage {
	/** Id of the page's last row; null if the step has no rows. */
	readonly upto: string | null;
	/** Number of rows, for the job's rate limit. */
	readonly rows: number;
}

/**
 * Ends the job as FAILED, because a retry would not help. `trouble` is the reason in capitals. Committed pages stay. If the reason comes
 * from what a page has counted, throw it in `write`: a worker that has lost the page must not end the job.
 */
export class JobFailure extends Error {
	override readonly name = 'JobFailure';
	readonly trouble: string;

	constructor(trouble: string) {
		super(`The job has failed (${trouble}).`);
		this.trouble = trouble;
	}
}

/** True if the key service refuses a key, for example because a firm has withdrawn the right to its own. */
export const isKeyRefused = (error: unknown): error is KeyUnavailableError =>
	error instanceof KeyUnavailableError && error.reason === 'REFUSED';

/** For `.catch()`: null if the key service refuses the key. Rethrows every other error. */
export function nullIfKeyRefused(error: unknown): null {
	if (isKeyRefused(error)) return null;
	throw error;
}

export const nextStep = ({ step }: Pick<JobRow, 'step'>): JobProgress => ({ step: step + 1 });

/**
 * A step with one page at a time. It runs again until a page's progress names another step, for example `nextStep`. `rows`: the most rows that a page
 * changes, for the job's rate limit.
 */
export const singlePageStep = (work: JobStep['work'], rows = 0): JobStep => ({
	isSinglePage: true,
	plan: async () => ({ upto: null, rows }),
	work,
});

/** A step that only reads or writes the database and moves the job on. */
export const databaseOnlyStep = (write: (tx: Transaction, job: JobRow) => Promise<JobProgress>): JobStep =>
	singlePageStep(async (job) => ({ write: async (tx) => ({ progress: await write(tx, job) }) }));
