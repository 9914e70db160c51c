import { z } from 'zod';
import { waitForTimeSlice } from '../clock/index.ts';
import type { KeysetPage, KeysetPosition, Page } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';

/** Arguments of a list that choose a page, an order or a filter. */
export const PAGING: ReadonlySet<string> = new Set(['first', 'after', 'last', 'before', 'orderBy', 'filter']);

/** Rows of a page: by default, and at most. */
export const DEFAULT_ROWS = 50;
export const MAX_ROWS = 1_000;

export interface ConnectionArgs {
	readonly first?: number | null;
	readonly after?: string | null;
	readonly last?: number | null;
	readonly before?: string | null;
}

/** The order of a list: the column it sorts by, and the row's value that a cursor holds. */
export interface ListOrder<Row> extends Pick<KeysetPage, 'column' | 'id' | 'descending'> {
	/** List and order. A cursor holds this name, so that a cursor of another list is refused. */
	readonly name: string;
	readonly valueOf: (row: Row) => string;
}

/** A Relay connection. Its count and its cursors are computed only if selected. */
export interface Connection<Row> {
	readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
	readonly nodes: readonly Row[];
	readonly pageInfo: {
		readonly hasNextPage: boolean;
		readonly hasPreviousPage: boolean;
		readonly startCursor: string | null;
		readonly endCursor: string | null;
	};
	readonly totalCount: () => Promise<number>;
}

/**
 * Returns a page of a list as a connection. A long page waits for a time slice of `party`.
 * @throws FirmsealError BAD_USER_INPUT for a size below 1, for first together with last, or for a cursor of another list;
 * TOO_EXPENSIVE for a size above 1,000.
 */
export async function loadConnection<Row extends { readonly id: string }>(
	party: string,
	args: ConnectionArgs,
	order: ListOrder<Row>,
	read: (page: KeysetPage) => Promise<Page<Row>>,
	totalCount: () => Promise<number>,
): Promise<Connection<Row>> {
	const page = toKeysetPage(args, order);
	const { rows, more } = await read(page);
	// The resolvers of all selected rows run without a pause.
	if (rows.length > DEFAULT_ROWS) await waitForTimeSlice(party);
	const cursorOf = (row: Row | undefined) => (row ? encodeCursor(order, row) : null);
	return {
		get edges() {
			return rows.map((node) => ({ cursor: encodeCursor(order, node), node }));
		},
		nodes: rows,
		pageInfo: {
			hasNextPage: page.fromEnd ? page.before !== null : more,
			hasPreviousPage: page.fromEnd ? more : page.after !== null,
			startCursor: cursorOf(rows.at(0)),
			endCursor: cursorOf(rows.at(-1)),
		},
		totalCount,
	};
}

/** @throws FirmsealError like loadConnection. */
export function toKeysetPage<Row>({ first, after, last, before }: ConnectionArgs, order: ListOrder<Row>): KeysetPage {
	if (first != null && last != null) throw new FirmsealError('BAD_USER_INPUT', 'Give first or last, not both.');
	const limit = first ?? last ?? DEFAULT_ROWS;
	if (limit < 1) throw new FirmsealError('BAD_USER_INPUT', `The arguments first and last take 1 to ${MAX_ROWS}.`);
	assertPageSize(limit);
	return {
		column: order.column,
		id: order.id,
		descending: order.descending,
		limit,
		fromEnd: last != null,
		after: after == null ? null : decodeCursor(order, after),
		before: before == null ? null : decodeCursor(order, before),
	};
}

/** @throws FirmsealError TOO_EXPENSIVE for more rows than the largest page. */
export function assertPageSize(rows: number): void {
	if (rows <= MAX_ROWS) return;
	throw new FirmsealError(
		'TOO_EXPENSIVE',
		`A page has at most ${MAX_ROWS.toLocaleString('en')} rows: ask for first: ${MAX_ROWS}, and continue after its endCursor.`,
	);
}

const cursorForm = z.tuple([z.string(), z.string().max(200), z.uuid()]);

const encodeCursor = <Row extends { readonly id: string }>(order: ListOrder<Row>, row: Row): string =>
	Buffer.from(JSON.stringify([order.name, order.valueOf(row), row.id])).toString('base64url');

function decodeCursor<Row>({ name, column }: ListOrder<Row>, cursor: string): KeysetPosition {
	const parts = cursorForm.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
	if (parts.success && parts.data[0] === name && fitsColumnType(column.getSQLType(), parts.data[1]))
		return { value: parts.data[1], id: parts.data[2] };
	throw new FirmsealError(
		'BAD_USER_INPUT',
		'This cursor belongs to another list or order: use one from a page of this list.',
	);
}

/** A client can forge a cursor. A value that the column can't hold must not reach the database. */
function fitsColumnType(sqlType: string, value: string): boolean {
	// ISO 8601 has a year 0000, PostgreSQL does not.
	if (sqlType === 'moment')
		return !value.startsWith('0000') && z.iso.datetime({ precision: 3 }).safeParse(value).success;
	if (sqlType === 'bigint') return /^[0-9]{1,16}$/.test(value);
	if (sqlType === 'xid8') return /^[0-9]{1,19}$/.test(value);
	return !value.includes('\0');
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
