import type { Act } from '../../audit/index.ts';
import {
	countMoveRows,
	extendStatementTimeout,
	type JobPageRow,
	type JobRow,
	type MoveRowFilter,
	selectMovePageEnd,
} from '../../database/index.ts';
import {
	failedEntry,
	JobFailure,
	type JobStep,
	nextStep,
	type PageResult,
	pageEntry,
	singlePageStep,
} from '../engine/index.ts';
import { columnMoveOf, fieldMoveOf, type MigrateParts } from './field-move.ts';
import { createFileMoveStrategy } from './file-move-strategy.ts';
import type { Counts, MoveStrategy } from './move-strategy.ts';
import { createValueMoveStrategy } from './value-move-strategy.ts';

/** The strategy for the job's column. @throws JobFailure NOT_DECLARED */
export const chooseMoveStrategy = (parts: MigrateParts, job: JobRow): MoveStrategy =>
	fieldMoveOf(parts, job).file ? createFileMoveStrategy(parts, job) : createValueMoveStrategy(parts, job);

/** A step that works through a firm's rows of one kind, page by page. */
export const pagedStep = <Parts extends MigrateParts>(
	parts: Parts,
	rows: MoveRowFilter,
	work: (parts: Parts, job: JobRow, page: JobPageRow) => Promise<PageResult>,
): JobStep => ({
	isSinglePage: false,
	plan: (tx, of) =>
		selectMovePageEnd(tx, columnMoveOf(fieldMoveOf(parts, of), of), rows, of.after, chooseMoveStrategy(parts, of).page),
	work: (of, page) => work(parts, of, page),
});

/** The number of the firm's rows of one kind. */
export const countRows = (parts: MigrateParts, job: JobRow, rows: MoveRowFilter): Promise<number> =>
	parts.read(job, async (tx) => {
		await extendStatementTimeout(tx);
		return countMoveRows(tx, columnMoveOf(fieldMoveOf(parts, job), job), rows);
	});

/** Starts the next round while rows are left that didn't fail. Ends the job if only failed rows are left. */
export const repeatUntilDone = (
	parts: MigrateParts,
	rows: MoveRowFilter,
	troubleOf: (job: JobRow) => string,
): JobStep =>
	singlePageStep(async (job) => {
		const left = await countRows(parts, job, rows);
		return {
			async write() {
				if (left > job.failed) return { progress: { step: 0, round: job.round + 1 } };
				if (left > 0) throw new JobFailure(troubleOf(job));
				return { progress: nextStep(job) };
			},
		};
	});

interface WorkedRows {
	/** Ids. */
	readonly done: readonly string[];
	readonly failed: readonly string[];
	readonly findings: Counts;
	readonly keys: NonNullable<Act['keys']>;
}

/** The progress of a page, and the log's entries: the rows that were done with their keys, and the rows that failed. */
export function pageWrites(job: JobRow, coordinate: string, { done, failed, findings, keys }: WorkedRows) {
	const coordinates = [coordinate];
	return {
		progress: { done: done.length, failed: failed.length, findings },
		entries: [
			...(done.length > 0 ? [pageEntry(job, { coordinates, records: done, keys })] : []),
			...(failed.length > 0 ? [failedEntry(job, { coordinates, records: failed })] : []),
		],
	};
}
