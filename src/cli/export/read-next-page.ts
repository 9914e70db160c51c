import type { ExportQueries } from './export-queries.ts';
import { LISTS } from './lists.ts';
import type { FetchPage, RecordPage } from './pages.ts';
import type { PendingConnection, RecordOrder } from './records.ts';

/** How far the records are read. A run goes on from that of the run before. */
export interface ExportPosition {
	/** The place in LISTS of the list that is read; their number: all are. */
	readonly list: number;
	/** null: from its beginning. */
	readonly after: string | null;
	readonly last: RecordOrder | null;
	/** Whether all of the list itself is read, and only what is pending is left of it. */
	readonly isListRead: boolean;
	/** To be read before the list goes on. */
	readonly pending: readonly PendingConnection[];
}

export const START: ExportPosition = { list: 0, after: null, last: null, isListRead: false, pending: [] };

export const isOver = ({ list }: ExportPosition): boolean => list >= LISTS.length;

export interface ReadStep {
	/** null: what it belonged to is gone. */
	readonly page: RecordPage | null;
	/** Rows of the list itself that it brought. */
	readonly rows: number;
	/** Where it goes on. */
	readonly next: ExportPosition;
}

/** Reads one more page: of what is pending, or else of the list. */
export async function readNextPage(
	questions: ExportQueries,
	askPage: FetchPage,
	position: ExportPosition,
): Promise<ReadStep> {
	const [first, ...rest] = position.pending;
	if (first) {
		const { type, id, field, after, last } = first;
		const page = await askPage({ query: questions.ofRecord(type, field), after, last, id });
		const more = page && page.after !== null && page.last ? [{ ...first, after: page.after, last: page.last }] : [];
		return { page, rows: 0, next: settled({ ...position, pending: [...(page?.pending ?? []), ...more, ...rest] }) };
	}
	const list = LISTS[position.list];
	if (!list) throw new Error('All lists are read.');
	const { after, last } = position;
	const page = await askPage({ query: questions.ofList(list), after, last });
	if (page === null) throw new Error('A list is of no record that could be gone.');
	const { pending } = page;
	const next = { ...position, after: page.after, last: page.last, isListRead: page.after === null, pending };
	return { page, rows: page.records.filter(({ type }) => type === list.type).length, next: settled(next) };
}

/** The next list is begun once nothing is left of this one. */
const settled = (position: ExportPosition): ExportPosition =>
	position.isListRead && position.pending.length === 0 ? { ...START, list: position.list + 1 } : position;
