import { getTableName, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Transaction } from '../plane.ts';
import { selectNumber } from '../single-row.ts';

/**
 * Deletes rows by a function of the owner. No role has the privilege DELETE, which would also allow it to lock the whole table. Returns the number
 * of deleted rows; skips rows that the role sees but may not delete.
 */
export const deleteRows = (tx: Transaction, table: PgTable, where: SQL | undefined): Promise<number> =>
	selectNumber(
		tx,
		sql`select public.delete_rows(${getTableName(table)}, array(select ctid from ${table} where ${where ?? sql`true`})) as gone`,
	);

/** The same for the selected row, as a column of the statement: 1, or 0 if another transaction deleted the row first. */
export const deleteSelectedRow = (table: PgTable): SQL<number> =>
	sql`public.delete_rows(${getTableName(table)}, array[${table}.ctid])`.mapWith(Number);
