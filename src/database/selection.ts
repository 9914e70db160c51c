import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { FirmOwnedTable } from './firm-owned.ts';
import { storedValue } from './plaintext-columns.ts';
import { plaintextColumnSourceOf, type Sealed } from './sealed.ts';
import { sharedWithClient } from './sharing.ts';

/** What a statement reads of a table: the columns that are asked for, and nothing else. */
export interface Selection {
	/** Properties of the table's columns. Sealed ones are named only for who may open them. */
	readonly columns: ReadonlySet<string>;
	/** A portal's client: then each row says whether it is shared with it. null for everybody else. */
	readonly client: string | null;
}

/** Identity, concurrency and order of a row: read always. */
const ALWAYS = new Set(['firmId', 'id', 'revision', 'createdAt', 'updatedAt']);

export function columnsOf(table: FirmOwnedTable, { columns, client }: Selection) {
	const selected: Record<string, PgColumn | SQL.Aliased> = {};
	for (const [name, column] of Object.entries(getTableColumns(table)))
		if (ALWAYS.has(name) || columns.has(name))
			selected[name] = plaintextColumnSourceOf(column)
				? sql<Sealed | null>`${storedValue(column)}`.as(column.name)
				: column;
	if (client !== null) selected.sharedWith = sharedWith(table, client).as('shared_with');
	return selected;
}

/** The client, if the row is shared with it. Asked beside the row policy, which shows no other rows. */
function sharedWith(table: FirmOwnedTable, client: string): SQL {
	const isShared = sharedWithClient(table, client);
	return isShared ? sql`case when ${isShared} then ${client}::uuid end` : sql`null::uuid`;
}
