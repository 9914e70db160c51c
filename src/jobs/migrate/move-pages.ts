import type { Act, EntryDraft } from '../../audit/index.ts';
import {
	countMoveRows,
	extendStatementTimeout,
	type JobPageRow,
	type JobRow,
	type MoveRowFilter,
	selectMovePageEnd,
} from '../../database/index.ts';
import { failedEntry, type JobStep, type PageResult, pageEntry } from '../engine/index.ts';
import { chooseMoveStrategy } from './choose-move-strategy.ts';
import { columnMoveOf, fieldMoveOf, type MigrateParts } from './field-move.ts';

/** The step that takes a firm's rows of the kind page by page. */
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

/** How many rows of the kind the firm has. */
export const countRows = (parts: MigrateParts, job: JobRow, rows: MoveRowFilter): Promise<number> =>
	parts.read(job, async (tx) => {
		await extendStatementTimeout(tx);
		return countMoveRows(tx, columnMoveOf(fieldMoveOf(parts, job), job), rows);
	});

/** What the log says of a page: the rows that were done, by which keys, and those that could not be. */
export function pageEntries(
	job: JobRow,
	coordinate: string,
	{ done, failed, keys }: { done: readonly string[]; failed: readonly string[]; keys: NonNullable<Act['keys']> },
): readonly EntryDraft[] {
	const coordinates = [coordinate];
	return [
		...(done.length > 0 ? [pageEntry(job, { coordinates, records: done, keys })] : []),
		...(failed.length > 0 ? [failedEntry(job, { coordinates, records: failed })] : []),
	];
}
