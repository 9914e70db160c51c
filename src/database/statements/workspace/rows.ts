import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { type FirmOwnedTable, findColumn } from '../../firm-owned.ts';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { withoutContent } from '../../sealed.ts';
import { columnsOf, type Selection } from '../../selection.ts';
import { isOneRow } from '../../single-row.ts';
import { documentVersions } from '../../tables/index.ts';

/** A row with the selected columns, and those that are always read. */
export interface Row {
	readonly firmId: string;
	readonly id: string;
	readonly revision: number;
	readonly createdAt: Date;
	readonly updatedAt: Date;
	readonly sharedWith?: string | null;
	readonly [property: string]: unknown;
}

const isLiveRow = (table: FirmOwnedTable, id: string) => and(eq(table.id, id), isNull(table.deletedAt));

/** Binds all ids as one parameter. */
const isAnyOf = (column: PgColumn, ids: readonly string[]) => sql`${column} = any(${sql.param([...ids])}::uuid[])`;

/** Not the transaction's time, which is that of its start: a transaction that waited for a lock would move `updatedAt` back. */
const touchedColumns = (table: FirmOwnedTable) => ({
	revision: sql`${table.revision} + 1`,
	updatedAt: sql`greatest(${table.updatedAt}, statement_timestamp())`,
});

export async function selectRows(
	tx: Transaction,
	table: FirmOwnedTable,
	where: readonly SQL[],
	page: KeysetPage,
	selection: Selection,
): Promise<Page<Row>> {
	const rows = await tx
		.select(columnsOf(table, selection))
		.from(table)
		.where(and(isNull(table.deletedAt), ...where, ...withinPage(page)))
		.orderBy(...orderOfPage(page))
		.limit(page.limit + 1);
	return trimToPage(page, rows as unknown as Row[]);
}

export const countRows = (tx: Transaction, table: FirmOwnedTable, where: readonly SQL[]): Promise<number> =>
	tx.$count(table, and(isNull(table.deletedAt), ...where));

export async function selectRowsByIds(
	tx: Transaction,
	table: FirmOwnedTable,
	ids: readonly string[],
	selection: Selection,
): Promise<Row[]> {
	const rows = await tx
		.select(columnsOf(table, selection))
		.from(table)
		.where(and(isAnyOf(table.id, ids), isNull(table.deletedAt)));
	return rows as unknown as Row[];
}

export const selectRow = async (tx: Transaction, table: FirmOwnedTable, id: string, selection: Selection) =>
	(await selectRowsByIds(tx, table, [id], selection))[0] ?? null;

/** A parent row. */
export interface RowRef {
	readonly firmId: string;
	readonly id: string;
}

/** Parents as rows of a statement. Includes the firm, because every index starts with it. */
const parentRows = (parents: readonly RowRef[]) => {
	const [firms, ids] = [parents.map(({ firmId }) => firmId), parents.map(({ id }) => id)].map((each) =>
		sql.param(each),
	);
	return sql`unnest(${firms}::uuid[], ${ids}::uuid[]) as parent(firm, id)`;
};

const isOfParent = (table: FirmOwnedTable, of: PgColumn) =>
	sql`${table.firmId} = parent.firm and ${of} = parent.id and ${table.deletedAt} is null`;

/** The same page of each parent's rows, in one statement. `of`: the column that names the parent. */
export async function selectPagesOf(
	tx: Transaction,
	table: FirmOwnedTable,
	of: PgColumn,
	parents: readonly RowRef[],
	page: KeysetPage,
	selection: Selection,
): Promise<ReadonlyMap<string, Page<Row>>> {
	const columns = { ...columnsOf(table, selection), parentId: sql<string>`parent.id`.as('parent_id') };
	const order = orderOfPage(page);
	const rows = tx
		.select(columns)
		.from(table)
		.where(and(isOfParent(table, of), ...withinPage(page)))
		.orderBy(...order)
		.limit(page.limit + 1)
		.as('page');
	const read = await tx.select(rows._.selectedFields).from(parentRows(parents)).crossJoinLateral(rows);
	// The rows of each parent come from one ordered scan.
	const byParent = Map.groupBy(read as unknown as (Row & { parentId: string })[], ({ parentId }) => parentId);
	return new Map([...byParent].map(([parent, own]) => [parent, trimToPage(page, own)]));
}

/** Number of rows of each parent; leaves out zeros. */
export async function countRowsOf(
	tx: Transaction,
	table: FirmOwnedTable,
	of: PgColumn,
	parents: readonly RowRef[],
): Promise<ReadonlyMap<string, number>> {
	const rows = await tx
		.select({ parent: of, count: sql<number>`count(*)::int` })
		.from(table)
		.innerJoin(parentRows(parents), isOfParent(table, of))
		.groupBy(of);
	return new Map(rows.map(({ parent, count }) => [parent as string, count]));
}

/** All rows of each parent, ordered by a column, for lists with a fixed maximum. */
export async function selectRowsOf(
	tx: Transaction,
	table: FirmOwnedTable,
	of: PgColumn,
	parents: readonly RowRef[],
	order: PgColumn,
	selection: Selection,
): Promise<ReadonlyMap<string, Row[]>> {
	const columns = { ...columnsOf(table, selection), parentId: sql<string>`${of}`.as('parent_id') };
	const rows = await tx
		.select(columns)
		.from(table)
		.innerJoin(parentRows(parents), isOfParent(table, of))
		.orderBy(order);
	return Map.groupBy(rows as unknown as (Row & { parentId: string })[], ({ parentId }) => parentId);
}

/** The table with a row of this id that the role sees; null if there is none. */
export async function selectTableOfId<Name extends string>(
	tx: Transaction,
	tables: Readonly<Record<Name, FirmOwnedTable>>,
	id: string,
): Promise<Name | null> {
	const named = Object.entries<FirmOwnedTable>(tables).map(
		([name, table]) => sql`select ${name} as name from ${table} where ${isLiveRow(table, id)}`,
	);
	if (named.length === 0) return null;
	const { rows } = await tx.execute(sql`${sql.join(named, sql` union all `)} limit 1`);
	return (rows[0]?.name as Name | undefined) ?? null;
}

/** Returns how many rows were inserted: fewer than given if any firm has taken an id. */
export async function insertRows(
	tx: Transaction,
	table: FirmOwnedTable,
	values: readonly Readonly<Record<string, unknown>>[],
): Promise<number> {
	if (values.length === 0) return 0;
	// The statement's time, so that a row that was added later comes later in its list, no matter which transaction waited.
	const now = sql`statement_timestamp()`;
	const rows = await tx
		.insert(table)
		.values(values.map((row) => ({ createdAt: now, updatedAt: now, ...row })) as never)
		.onConflictDoNothing({ target: table.id })
		.returning({ id: table.id });
	return rows.length;
}

/** False if the row does not exist or has another revision than expected. */
export const updateRow = (
	tx: Transaction,
	table: FirmOwnedTable,
	id: string,
	expectedRevision: number,
	changes: Readonly<Record<string, unknown>>,
): Promise<boolean> =>
	isOneRow(
		tx
			.update(table)
			.set({ ...changes, ...touchedColumns(table) })
			.where(and(isLiveRow(table, id), eq(table.revision, expectedRevision)))
			.returning({ id: table.id }),
	);

/**
 * Replaces what a device has sealed of a row by the same content under a newer key, and keeps its time. False as for updateRow. The revision
 * changes, because it is what writers compare.
 */
export const resealRow = (
	tx: Transaction,
	table: FirmOwnedTable,
	id: string,
	expectedRevision: number,
	changes: Readonly<Record<string, unknown>>,
): Promise<boolean> =>
	isOneRow(
		tx
			.update(table)
			.set({ ...changes, revision: touchedColumns(table).revision })
			.where(and(isLiveRow(table, id), eq(table.revision, expectedRevision)))
			.returning({ id: table.id }),
	);

/** Updates the time of a row to which another row was added. Its revision stays, because the row itself has not changed. */
export async function touchRow(tx: Transaction, table: FirmOwnedTable, id: string): Promise<void> {
	const { updatedAt } = touchedColumns(table);
	await tx.update(table).set({ updatedAt }).where(isLiveRow(table, id));
}

const tombstoneColumns = (table: FirmOwnedTable) => ({
	...withoutContent(table),
	deletedAt: sql`now()`,
	...touchedColumns(table),
});

/** Removes the content and leaves a tombstone, which keeps the id taken. False as for updateRow. */
export const tombstoneRow = (
	tx: Transaction,
	table: FirmOwnedTable,
	id: string,
	expectedRevision: number,
): Promise<boolean> =>
	isOneRow(
		tx
			.update(table)
			.set(tombstoneColumns(table))
			.where(and(isLiveRow(table, id), eq(table.revision, expectedRevision)))
			.returning({ id: table.id }),
	);

/** Turns all rows of the parents into tombstones. Returns their ids. */
export async function tombstoneRowsOf(
	tx: Transaction,
	table: FirmOwnedTable,
	of: PgColumn,
	parents: readonly string[],
): Promise<string[]> {
	if (parents.length === 0) return [];
	const rows = await tx
		.update(table)
		.set(tombstoneColumns(table))
		.where(and(isAnyOf(of, parents), isNull(table.deletedAt)))
		.returning({ id: table.id });
	return rows.map(({ id }) => id as string);
}

/**
 * Locks a row until the end of the transaction: `share` together with others, `no key update` exclusively. False if the role sees no such row.
 */
export const lockRow = (
	tx: Transaction,
	table: FirmOwnedTable,
	id: string,
	strength: 'share' | 'no key update',
): Promise<boolean> => isOneRow(tx.select({ id: table.id }).from(table).where(isLiveRow(table, id)).for(strength));

/** The number of a document's next version. Deleted versions keep theirs. The caller must have locked the document. */
export async function nextVersionNumber(tx: Transaction, documentId: string): Promise<number> {
	const [row] = await tx
		.select({ last: sql<number>`coalesce(max(${documentVersions.number}), 0)::int` })
		.from(documentVersions)
		.where(eq(documentVersions.documentId, documentId));
	return (row?.last ?? 0) + 1;
}

/** Null if the role sees no such row. */
export async function selectRevision(tx: Transaction, table: FirmOwnedTable, id: string): Promise<number | null> {
	const [row] = await tx.select({ revision: table.revision }).from(table).where(isLiveRow(table, id));
	return (row?.revision as number | undefined) ?? null;
}

/** Whether a row has exactly these values in its metadata columns, by SQL comparison. */
export async function hasValues(
	tx: Transaction,
	table: FirmOwnedTable,
	id: string,
	values: Readonly<Record<string, unknown>>,
): Promise<boolean> {
	const same = Object.entries(values).flatMap(([name, value]) => {
		const column = findColumn(table, name);
		if (!column) return [];
		const bound = value === null ? sql`null` : sql.param(value, column);
		return [sql`${column} is not distinct from ${bound}`];
	});
	const rows = await tx
		.select({ id: table.id })
		.from(table)
		.where(and(isLiveRow(table, id), ...same));
	return rows.length === 1;
}

/** The ids among these that are taken, also by tombstones. */
export async function selectTakenIds(
	tx: Transaction,
	table: FirmOwnedTable,
	ids: readonly string[],
): Promise<ReadonlySet<string>> {
	const rows = await tx.select({ id: table.id }).from(table).where(isAnyOf(table.id, ids));
	return new Set(rows.map(({ id }) => id as string));
}
