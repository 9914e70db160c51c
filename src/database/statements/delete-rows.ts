import { getTableName, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Transaction } from '../plane.ts';

/**
 * Deletes rows, by a function of the owner: no role has a privilege to, since it would be one to lock the whole table. Answers how many;
 * none that the role sees, but may not delete.
 */
export async function deleteRows(tx: Transaction, table: PgTable, where: SQL | undefined): Promise<number> {
	const {
		rows: [row],
	} = await tx.execute(
		sql`select public.delete_rows(${getTableName(table)}, array(select ctid from ${table} where ${where ?? sql`true`})) as gone`,
	);
	return Number(row?.gone);
}

/** The same of the row that a statement selects, as one of its columns: 1, or 0 when someone else was first. */
export const deleteSelectedRow = (table: PgTable): SQL<number> =>
	sql`public.delete_rows(${getTableName(table)}, array[${table}.ctid])`.mapWith(Number);
