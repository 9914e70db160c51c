import { LISTS } from './lists.ts';
import type { AskPage, Page } from './pages.ts';
import type { Questions } from './questions.ts';
import type { Mark, Pending } from './records.ts';

/** How far the records are read. A run goes on from that of the run before. */
export interface Position {
	/** The place in LISTS of the list that is read; their number: all are. */
	readonly list: number;
	/** null: from its beginning. */
	readonly after: string | null;
	readonly last: Mark | null;
	/** Whether all of the list itself is read, and only what is pending is left of it. */
	readonly isListRead: boolean;
	/** To be read before the list goes on. */
	readonly pending: readonly Pending[];
}

export const START: Position = { list: 0, after: null, last: null, isListRead: false, pending: [] };

export const isOver = ({ list }: Position): boolean => list >= LISTS.length;

export interface Step {
	/** null: what it belonged to is gone. */
	readonly page: Page | null;
	/** Rows of the list itself that it brought. */
	readonly rows: number;
	/** Where it goes on. */
	readonly next: Position;
}

/** Reads one more page: of what is pending, or else of the list. */
export async function readOn(questions: Questions, askPage: AskPage, position: Position): Promise<Step> {
	const [first, ...rest] = position.pending;
	if (first) {
		const { type, id, field, after, last } = first;
		const page = await askPage({ question: questions.ofRecord(type, field), after, last, id });
		const more = page && page.after !== null && page.last ? [{ ...first, after: page.after, last: page.last }] : [];
		return { page, rows: 0, next: settled({ ...position, pending: [...(page?.pending ?? []), ...more, ...rest] }) };
	}
	const list = LISTS[position.list];
	if (!list) throw new Error('All lists are read.');
	const { after, last } = position;
	const page = await askPage({ question: questions.ofList(list), after, last });
	if (page === null) throw new Error('A list is of no record that could be gone.');
	const { pending } = page;
	const next = { ...position, after: page.after, last: page.last, isListRead: page.after === null, pending };
	return { page, rows: page.records.filter(({ type }) => type === list.type).length, next: settled(next) };
}

/** The next list is begun once nothing is left of this one. */
const settled = (position: Position): Position =>
	position.isListRead && position.pending.length === 0 ? { ...START, list: position.list + 1 } : position;
