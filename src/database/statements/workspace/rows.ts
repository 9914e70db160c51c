import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { type FirmOwnedTable, findColumn } from '../../firm-owned.ts';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { withoutContent } from '../../sealed.ts';
import { columnsOf, type Selection } from '../../selection.ts';
import { documentVersions } from '../../tables/index.ts';

/** A row as read: of its other columns, those that were selected. */
export interface Row {
	readonly firmId: string;
	readonly id: string;
	readonly revision: number;
	readonly createdAt: Date;
	readonly updatedAt: Date;
	readonly sharedWith?: string | null;
	readonly [property: string]: unknown;
}

/** One row of a table that isn't a tombstone. */
const isLiveRow = (table: FirmOwnedTable, id: string) => and(eq(table.id, id), isNull(table.deletedAt));

/** One parameter, whatever their number. */
const isAnyOf = (column: PgColumn, ids: readonly string[]) => sql`${column} = any(${sql.param([...ids])}::uuid[])`;

/** The time of a transaction is that of its beginning: one that had to wait for a lock would move it back. */
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

export async function countRows(tx: Transaction, table: FirmOwnedTable, where: readonly SQL[]): Promise<number> {
	const [row] = await tx
		.select({ count: sql<number>`count(*)::int` })
		.from(table)
		.where(and(isNull(table.deletedAt), ...where));
	return row?.count ?? 0;
}

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

/** A row that others belong to. */
export interface RowRef {
	readonly firmId: string;
	readonly id: string;
}

/** Parents as rows of a statement: with the firm, by which every index begins. */
const parentRows = (parents: readonly RowRef[]) => {
	const [firms, ids] = [parents.map(({ firmId }) => firmId), parents.map(({ id }) => id)].map((each) =>
		sql.param(each),
	);
	return sql`unnest(${firms}::uuid[], ${ids}::uuid[]) as parent(firm, id)`;
};

const isOfParent = (table: FirmOwnedTable, of: PgColumn) =>
	sql`${table.firmId} = parent.firm and ${of} = parent.id and ${table.deletedAt} is null`;

/** The same page of each parent's rows, in one statement: `of` is the column that names the parent. */
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
	// Each parent's rows come from one scan, in its order.
	const byParent = Map.groupBy(read as unknown as (Row & { parentId: string })[], ({ parentId }) => parentId);
	return new Map([...byParent].map(([parent, own]) => [parent, trimToPage(page, own)]));
}

/** How many rows each parent has; one without any is left out. */
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

/** All rows of each parent, ordered by a column: for lists that are short by rule. */
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

/** In which of the tables there is a row with this id that the role sees; null: in none. */
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

/** How many were inserted: all, or fewer where an id is taken, by whatever firm. */
export async function insertRows(
	tx: Transaction,
	table: FirmOwnedTable,
	values: readonly Readonly<Record<string, unknown>>[],
): Promise<number> {
	if (values.length === 0) return 0;
	// Of the statement: what was added to something later comes later in its list, no matter who waited for whom.
	const now = sql`statement_timestamp()`;
	const rows = await tx
		.insert(table)
		.values(values.map((row) => ({ createdAt: now, updatedAt: now, ...row })) as never)
		.onConflictDoNothing({ target: table.id })
		.returning({ id: table.id });
	return rows.length;
}

/** false: no such row, or another revision than the one expected. */
export async function updateRow(
	tx: Transaction,
	table: FirmOwnedTable,
	id: string,
	expectedRevision: number,
	changes: Readonly<Record<string, unknown>>,
): Promise<boolean> {
	const rows = await tx
		.update(table)
		.set({ ...changes, ...touchedColumns(table) })
		.where(and(isLiveRow(table, id), eq(table.revision, expectedRevision)))
		.returning({ id: table.id });
	return rows.length === 1;
}

/** Moves the time of a row when something is added to it; its revision stays, nothing of it has changed. */
export async function touchRow(tx: Transaction, table: FirmOwnedTable, id: string): Promise<void> {
	const { updatedAt } = touchedColumns(table);
	await tx.update(table).set({ updatedAt }).where(isLiveRow(table, id));
}

const tombstoneColumns = (table: FirmOwnedTable) => ({
	...withoutContent(table),
	deletedAt: sql`now()`,
	...touchedColumns(table),
});

/** Removes the content and leaves the tombstone, which keeps the id taken. false as for updateRow. */
export async function tombstoneRow(
	tx: Transaction,
	table: FirmOwnedTable,
	id: string,
	expectedRevision: number,
): Promise<boolean> {
	const rows = await tx
		.update(table)
		.set(tombstoneColumns(table))
		.where(and(isLiveRow(table, id), eq(table.revision, expectedRevision)))
		.returning({ id: table.id });
	return rows.length === 1;
}

/** Buries all rows of a parent; answers their ids. */
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
 * Keeps a row as it is until the end of the transaction: `share` beside others who do the same, `no key update` alone.
 * false: there is no such row that the role sees.
 */
export async function lockRow(
	tx: Transaction,
	table: FirmOwnedTable,
	id: string,
	strength: 'share' | 'no key update',
): Promise<boolean> {
	const rows = await tx.select({ id: table.id }).from(table).where(isLiveRow(table, id)).for(strength);
	return rows.length === 1;
}

/** The number of a document's next version; tombstones keep theirs. To be asked while the document is locked. */
export async function nextVersionNumber(tx: Transaction, documentId: string): Promise<number> {
	const [row] = await tx
		.select({ last: sql<number>`coalesce(max(${documentVersions.number}), 0)::int` })
		.from(documentVersions)
		.where(eq(documentVersions.documentId, documentId));
	return (row?.last ?? 0) + 1;
}

/** The revision of a row, and so whether there is one that the role sees. */
export async function selectRevision(tx: Transaction, table: FirmOwnedTable, id: string): Promise<number | null> {
	const [row] = await tx.select({ revision: table.revision }).from(table).where(isLiveRow(table, id));
	return (row?.revision as number | undefined) ?? null;
}

/** Whether a row has exactly these values of its metadata columns, compared as their types compare. */
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

/** Those of the ids that are taken, tombstones included. */
export async function selectTakenIds(
	tx: Transaction,
	table: FirmOwnedTable,
	ids: readonly string[],
): Promise<ReadonlySet<string>> {
	const rows = await tx.select({ id: table.id }).from(table).where(isAnyOf(table.id, ids));
	return new Set(rows.map(({ id }) => id as string));
}
