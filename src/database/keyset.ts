import { type AnyColumn, type SQL, sql } from 'drizzle-orm';

/** A position in a list: the order column's value as text, and the row id that breaks ties. */
export interface KeysetPosition {
	readonly value: string;
	readonly id: string;
}

/** A page of a list ordered by a metadata column and the row id. */
export interface KeysetPage {
	readonly column: AnyColumn;
	readonly id: AnyColumn;
	readonly descending: boolean;
	/** Maximum number of rows. */
	readonly limit: number;
	/** Take the last rows of the range instead of the first. */
	readonly fromEnd: boolean;
	readonly after: KeysetPosition | null;
	readonly before: KeysetPosition | null;
}

export interface Page<Row> {
	readonly rows: readonly Row[];
	/** Whether rows follow the page in its direction. */
	readonly more: boolean;
}

/** The conditions of a page; empty for the first page. */
export function withinPage({ column, id, descending, after, before }: KeysetPage): SQL[] {
	const beyond = (position: KeysetPosition, later: boolean) => {
		const sign = sql.raw(later === descending ? '<' : '>');
		const type = sql.raw(column.getSQLType());
		return sql`(${column}, ${id}) ${sign} (${position.value}::${type}, ${position.id}::uuid)`;
	};
	return [...(after ? [beyond(after, true)] : []), ...(before ? [beyond(before, false)] : [])];
}

/** The order in which the page's rows are read: reversed for a page from the end. */
export function orderOfPage({ column, id, descending, fromEnd }: KeysetPage): SQL[] {
	const direction = sql.raw(descending === fromEnd ? 'asc' : 'desc');
	return [sql`${column} ${direction}`, sql`${id} ${direction}`];
}

/** `read` may hold one row more than the page, which only says that more rows follow. */
export function trimToPage<Row>({ limit, fromEnd }: KeysetPage, read: readonly Row[]): Page<Row> {
	const rows = read.slice(0, limit);
	return { rows: fromEnd ? rows.reverse() : rows, more: read.length > limit };
}
