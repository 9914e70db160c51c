import { eq, getTableColumns, gte, lt, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { isSealed } from './sealed.ts';
import type { FirmOwnedTable } from './sharing.ts';
import { isSharedWith } from './statements/shares.ts';

export type Condition = (value: never) => SQL;

/**
 * What a filter's field asks of a table's rows, by its name: a column has this value; `createdFrom` and `createdBefore`
 * bound createdAt; `sharedWithId` names a client. null: it asks nothing that the table knows, or it asks for content.
 */
export function conditionOf(table: FirmOwnedTable, name: string): Condition | null {
	const columns: Readonly<Record<string, PgColumn>> = getTableColumns(table);
	const metadata = (property: string) => {
		const column = columns[property];
		return column && !isSealed(column) ? column : null;
	};
	const same = metadata(name);
	if (same) return (value) => eq(same, value);
	if (name === 'sharedWithId' && isSharedWith(table, '')) return (value) => isSharedWith(table, value) as SQL;
	const [, of, end] = /^(\w+)(From|Before)$/.exec(name) ?? [];
	const time = of === undefined ? null : metadata(`${of}At`);
	if (!time) return null;
	return end === 'From' ? (value) => gte(time, value) : (value) => lt(time, value);
}

/** The column that an order such as CREATED_AT_DESC goes by; null if the table can't be ordered so. */
export function orderOf(
	table: FirmOwnedTable,
	order: string,
): { column: PgColumn; property: string; descending: boolean } | null {
	const [, name, direction] = /^(\w+)_(ASC|DESC)$/.exec(order) ?? [];
	if (name === undefined) return null;
	const property = name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
	const column = (getTableColumns(table) as Readonly<Record<string, PgColumn>>)[property];
	return column && !isSealed(column) && column.notNull ? { column, property, descending: direction === 'DESC' } : null;
}
