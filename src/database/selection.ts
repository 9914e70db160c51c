import { getTableColumns } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { isSealed } from './sealed.ts';

/** What a statement reads of a table: the fields that were asked for, and sealed columns only for who may open them. */
export interface Selection {
	/** Field names; a relation's name stands for its id column. */
	readonly fields: ReadonlySet<string>;
	/** false: a sealed column isn't even named in the statement. */
	readonly sealed: boolean;
}

/** Identity, concurrency and order of a row: read always. */
const ALWAYS = new Set(['firmId', 'id', 'revision', 'createdAt', 'updatedAt']);

export function columnsOf(table: PgTable, { fields, sealed }: Selection): Record<string, PgColumn> {
	const selected = Object.entries(getTableColumns(table)).filter(([name, column]) =>
		isSealed(column)
			? sealed && fields.has(name)
			: ALWAYS.has(name) || fields.has(name.replace(/Id$/, '')) || fields.has(name),
	);
	return Object.fromEntries(selected);
}
