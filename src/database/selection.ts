import { getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { type FirmOwnedTable, sharingOf } from './sharing.ts';

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
		if (ALWAYS.has(name) || columns.has(name)) selected[name] = column;
	if (client !== null) selected.sharedWith = sharedWith(table, client).as('shared_with');
	return selected;
}

/** The client, if the row is shared with it. Asked beside the row policy, which shows no other rows. */
function sharedWith(table: FirmOwnedTable, client: string): SQL {
	const sharing = sharingOf(table);
	if (!sharing) return sql`null::uuid`;
	const { shares, of, key } = sharing;
	const [firm, shareOf, rowKey, shareClient] = [shares.firmId, of, key, shares.clientId].map(withTable);
	return sql`(select ${shareClient} from ${shares} where ${firm} = ${withTable(table.firmId)} and ${shareOf} = ${rowKey} and ${shareClient} = ${client})`;
}

/** Drizzle leaves the table's name out of what one table alone is asked for, where it would here name the inner one. */
const withTable = (column: PgColumn): SQL =>
	sql`${sql.identifier(getTableName(column.table))}.${sql.identifier(column.name)}`;
