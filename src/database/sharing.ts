import { getTableColumns } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { documents, documentVersions, invoiceLineItems, invoices, messages, shares, threads } from './tables/index.ts';

/** A table of rows that belong to a firm (tables/columns.ts). */
export type FirmOwnedTable = PgTable & {
	readonly firmId: PgColumn;
	readonly id: PgColumn;
	readonly revision: PgColumn;
	readonly createdAt: PgColumn;
	readonly updatedAt: PgColumn;
	readonly deletedAt: PgColumn;
};

/** A column by its property. @throws Error when the table has none of that name. */
export function columnOf(table: FirmOwnedTable, property: string): PgColumn {
	const column = (getTableColumns(table) as Readonly<Record<string, PgColumn>>)[property];
	if (!column) throw new Error(`There is no column ${property}.`);
	return column;
}

interface Sharing {
	readonly shares: typeof shares;
	/** The column of shares that names what is shared. */
	readonly of: PgColumn;
	/** The column of the table that is named there. */
	readonly key: PgColumn;
}

const SHARINGS = new Map<FirmOwnedTable, Sharing>([
	[documents, { shares, of: shares.documentId, key: documents.id }],
	[documentVersions, { shares, of: shares.documentId, key: documentVersions.documentId }],
	[threads, { shares, of: shares.threadId, key: threads.id }],
	[messages, { shares, of: shares.threadId, key: messages.threadId }],
	[invoices, { shares, of: shares.invoiceId, key: invoices.id }],
	[invoiceLineItems, { shares, of: shares.invoiceId, key: invoiceLineItems.invoiceId }],
]);

/** How rows of a table are shared with clients; null: they can't be. */
export const sharingOf = (table: FirmOwnedTable): Sharing | null => SHARINGS.get(table) ?? null;
