import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { FirmOwnedTable } from './firm-owned.ts';
import { storedValue } from './plaintext-columns.ts';
import { plaintextColumnSourceOf, type Sealed } from './sealed.ts';
import { sharedWithClient } from './sharing.ts';

/** The columns that a statement reads of a table. */
export interface Selection {
	/** Properties of the table's columns. Includes a sealed column only if the reader may open it. */
	readonly columns: ReadonlySet<string>;
	/** A portal's client: each row then says whether it is shared with this client. Null outside the portal. */
	readonly client: string | null;
}

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

/** The client's id if the row is shared with it. A second check besides the row policy, which shows no other rows. */
function sharedWith(table: FirmOwnedTable, client: string): SQL {
	const isShared = sharedWithClient(table, client);
	return isShared ? sql`case when ${isShared} then ${client}::uuid end` : sql`null::uuid`;
}
