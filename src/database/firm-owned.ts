import { getTableColumns, getTableName } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';

/** A table of rows that belong to a firm (tables/columns.ts). */
export type FirmOwnedTable = PgTable & {
	readonly firmId: PgColumn;
	readonly id: PgColumn;
	readonly revision: PgColumn;
	readonly createdAt: PgColumn;
	readonly updatedAt: PgColumn;
	readonly deletedAt: PgColumn;
};

/** Null if the table has no column of that name. */
export const findColumn = (table: FirmOwnedTable, property: string): PgColumn | null =>
	(getTableColumns(table) as Readonly<Record<string, PgColumn>>)[property] ?? null;

/** @throws Error if the table has no column of that name. */
export function columnOf(table: FirmOwnedTable, property: string): PgColumn {
	const column = findColumn(table, property);
	if (!column) throw new Error(`The table has no column ${property}.`);
	return column;
}

/** The table's name in the database. */
export const tableNameOf = (table: FirmOwnedTable): string => getTableName(table);
