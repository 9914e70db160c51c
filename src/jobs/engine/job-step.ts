import type { EntryDraft } from '../../audit/index.ts';
import type { JobPageRow, JobProgress, JobRow, Transaction } from '../../database/index.ts';

/** What was done of a page, and what its transaction writes. Whoever finds nothing to write leaves `write` out. */
export interface PageResult {
	/** In the transaction that ends the page. Answers what the job has come to, and the entries that must be on record before it commits. */
	readonly write?: (tx: Transaction) => Promise<PageWrites>;
}

export interface PageWrites {
	readonly progress: JobProgress;
	readonly entries: readonly EntryDraft[];
}

/**
 * One step of a kind of job. The steps of a kind are done in their order, and a step may be done again: whoever does it is killed at any
 * moment, and what was written of a page is what its transaction has committed.
 */
export interface JobStep {
	/** One page at a time, which moves the job on by itself; else pages are begun until there are no more, by any number of workers. */
	readonly isSinglePage: boolean;
	/** Where the next page ends, in the transaction that holds the job; null: there is none. */
	plan(tx: Transaction, job: JobRow): Promise<PlannedPage | null>;
	/** Outside of any transaction. Throws KeyUnavailableError, ObjectStoreError: the page is tried again. */
	work(job: JobRow, page: JobPageRow): Promise<PageResult>;
}

export interface PlannedPage {
	/** Id of its last row; null where the step has no rows. */
	readonly upto: string | null;
	/** For the job's rate. */
	readonly rows: number;
}

/** The job can't be done, and asking again would not help: `trouble`, in capitals, says why. What was written of it stays. */
export class JobFailure extends Error {
	override readonly name = 'JobFailure';
	readonly trouble: string;

	constructor(trouble: string) {
		super(`The job has failed (${trouble}).`);
		this.trouble = trouble;
	}
}

/** To the step after. */
export const nextStep = ({ step }: Pick<JobRow, 'step'>): JobProgress => ({ step: step + 1 });

/** A step of one page. What its work answers moves the job: to the next step unless it says otherwise. */
export const singlePageStep = (work: JobStep['work']): JobStep => ({
	isSinglePage: true,
	plan: async () => ({ upto: null, rows: 0 }),
	work,
});

/** A step that only looks at the database and moves the job on. */
export const databaseOnlyStep = (write: (tx: Transaction, job: JobRow) => Promise<JobProgress>): JobStep =>
	singlePageStep(async (job) => ({ write: async (tx) => ({ progress: await write(tx, job), entries: [] }) }));
