import { eq, gte, lt, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { type FirmOwnedTable, findColumn } from './firm-owned.ts';
import { isSealed } from './sealed.ts';
import { sharedWithClient, sharingOf } from './sharing.ts';

export type FilterCondition = (value: never) => SQL;

/**
 * The condition that a filter's field puts on a table's rows: a column equals the value; `createdFrom` and `createdBefore` bound createdAt;
 * `sharedWithId` names a client. Null if the table cannot filter by the field, or if the field is content.
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

/** The column behind an order such as CREATED_AT_DESC; null if the table has no such order. */
export function orderOf(table: FirmOwnedTable, order: string): Order | null {
	const [, name, direction] = /^(\w+)_(ASC|DESC)$/.exec(order) ?? [];
	if (name === undefined) return null;
	const property = name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
	const column = findMetadata(table, property);
	return column?.notNull ? { column, property, descending: direction === 'DESC' } : null;
}
