import { eq, gte, lt, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { type FirmOwnedTable, findColumn } from './firm-owned.ts';
import { isSealed } from './sealed.ts';
import { sharedWithClient, sharingOf } from './sharing.ts';

export type FilterCondition = (value: never) => SQL;

/**
 * What a filter's field asks of a table's rows, by its name: a column has this value; `createdFrom` and `createdBefore`
 * bound createdAt; `sharedWithId` names a client. null: it asks nothing that the table knows, or it asks for content.
 */
export function filterConditionOf(table: FirmOwnedTable, name: string): FilterCondition | null {
	const same = findMetadata(table, name);
	if (same) return (value) => eq(same, value);
	if (name === 'sharedWithId' && sharingOf(table)) return (value) => sharedWithClient(table, value) as SQL;
	const [, of, end] = /^(\w+)(From|Before)$/.exec(name) ?? [];
	const time = of === undefined ? null : findMetadata(table, `${of}At`);
	if (!time) return null;
	return end === 'From' ? (value) => gte(time, value) : (value) => lt(time, value);
}

function findMetadata(table: FirmOwnedTable, property: string): PgColumn | null {
	const column = findColumn(table, property);
	return column && !isSealed(column) ? column : null;
}

interface Order {
	readonly column: PgColumn;
	readonly property: string;
	readonly descending: boolean;
}

/** The column that an order such as CREATED_AT_DESC goes by; null if the table can't be ordered so. */
export function orderOf(table: FirmOwnedTable, order: string): Order | null {
	const [, name, direction] = /^(\w+)_(ASC|DESC)$/.exec(order) ?? [];
	if (name === undefined) return null;
	const property = name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
	const column = findMetadata(table, property);
	return column?.notNull ? { column, property, descending: direction === 'DESC' } : null;
}
