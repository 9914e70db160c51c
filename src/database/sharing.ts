import { getTableName, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { FirmOwnedTable } from './firm-owned.ts';
import { documents, documentVersions, invoiceLineItems, invoices, messages, shares, threads } from './tables/index.ts';

/** How rows of a table are shared with clients: by themselves, or with the row that they belong to. */
interface Sharing {
	/** The column of shares that names the shared row. */
	readonly of: PgColumn;
	/** The column of the table with the same id. */
	readonly key: PgColumn;
}

const SHARINGS = new Map<FirmOwnedTable, Sharing>([
	[documents, { of: shares.documentId, key: documents.id }],
	[documentVersions, { of: shares.documentId, key: documentVersions.documentId }],
	[threads, { of: shares.threadId, key: threads.id }],
	[messages, { of: shares.threadId, key: messages.threadId }],
	[invoices, { of: shares.invoiceId, key: invoices.id }],
	[invoiceLineItems, { of: shares.invoiceId, key: invoiceLineItems.invoiceId }],
]);

/** Null if rows of the table cannot be shared. */
export const sharingOf = (table: FirmOwnedTable): Sharing | null => SHARINGS.get(table) ?? null;

/** Whether rows of the table can be seen by a client's portal users. */
export const isSharable = (table: FirmOwnedTable): boolean => SHARINGS.has(table);

/** The column of shares that names a row of the table itself; null if rows are shared only with the row that they belong to, or not at all. */
export function shareColumnOf(table: FirmOwnedTable): PgColumn | null {
	const sharing = sharingOf(table);
	return sharing?.key === table.id ? sharing.of : null;
}

/** Whether a row of the table is shared with a client; null if rows of the table cannot be shared. */
export function sharedWithClient(table: FirmOwnedTable, clientId: string): SQL | null {
	const sharing = sharingOf(table);
	if (!sharing) return null;
	const [firm, of, client] = [shares.firmId, sharing.of, shares.clientId].map(withTable);
	const [rowFirm, key] = [table.firmId, sharing.key].map(withTable);
	return sql`exists (select from ${shares} where ${firm} = ${rowFirm} and ${of} = ${key} and ${client} = ${clientId})`;
}

/** Drizzle leaves out the table's name in a query on one table, where the column would here be that of the inner table. */
const withTable = (column: PgColumn): SQL =>
	sql`${sql.identifier(getTableName(column.table))}.${sql.identifier(column.name)}`;
