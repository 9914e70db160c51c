import { and, eq, inArray } from 'drizzle-orm';
import type { FirmOwnedTable } from '../../firm-owned.ts';
import type { Transaction } from '../../plane.ts';
import { shareColumnOf, sharingOf } from '../../sharing.ts';
import { isOneRow } from '../../single-row.ts';
import { clients, shares } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

/** Names the shared row by exactly one of these properties. */
export type ShareSubject = Partial<Record<'documentId' | 'threadId' | 'invoiceId', string>>;

const isOf = (subject: ShareSubject) =>
	Object.entries(subject).map(([name, id]) => eq(shares[name as keyof ShareSubject], id));

/** False if the row is shared with the client already. */
export const insertShare = (tx: Transaction, share: typeof shares.$inferInsert): Promise<boolean> =>
	isOneRow(tx.insert(shares).values(share).onConflictDoNothing().returning({ id: shares.id }));

/** False if the row is not shared with the client. */
export async function deleteShare(tx: Transaction, clientId: string, subject: ShareSubject): Promise<boolean> {
	return (await deleteRows(tx, shares, and(eq(shares.clientId, clientId), ...isOf(subject)))) === 1;
}

/** Ends every share of a row. Does nothing if rows of the table cannot be shared. */
export async function deleteSharesOf(tx: Transaction, table: FirmOwnedTable, id: string): Promise<void> {
	const column = shareColumnOf(table);
	if (column) await deleteRows(tx, shares, eq(column, id));
}

export const countSharesOf = (tx: Transaction, subject: ShareSubject): Promise<number> =>
	tx.$count(shares, and(...isOf(subject)));

/** Ids of the clients with whom each row is shared, in the order of their names. */
export async function selectClientsSharedWith(
	tx: Transaction,
	table: FirmOwnedTable,
	ids: readonly string[],
): Promise<ReadonlyMap<string, string[]>> {
	const sharing = sharingOf(table);
	if (!sharing) return new Map();
	const rows = await tx
		.select({ subject: sharing.of, client: shares.clientId })
		.from(shares)
		.innerJoin(clients, eq(clients.id, shares.clientId))
		.where(inArray(sharing.of, [...ids]))
		.orderBy(clients.name, clients.id);
	const bySubject = Map.groupBy(rows, ({ subject }) => subject as string);
	return new Map([...bySubject].map(([subject, own]) => [subject, own.map(({ client }) => client)]));
}
