import { and, eq, inArray, sql } from 'drizzle-orm';
import type { FirmOwnedTable } from '../../firm-owned.ts';
import type { Transaction } from '../../plane.ts';
import { shareColumnOf, sharingOf } from '../../sharing.ts';
import { clients, shares } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

/** What is shared, by exactly one of its columns. */
export type ShareSubject = Partial<Record<'documentId' | 'threadId' | 'invoiceId', string>>;

const isOf = (subject: ShareSubject) =>
	Object.entries(subject).map(([name, id]) => eq(shares[name as keyof ShareSubject], id));

/** false: it is shared with the client already. */
export async function insertShare(tx: Transaction, share: typeof shares.$inferInsert): Promise<boolean> {
	const rows = await tx.insert(shares).values(share).onConflictDoNothing().returning({ id: shares.id });
	return rows.length === 1;
}

/** false: it isn't shared with the client. */
export async function deleteShare(tx: Transaction, clientId: string, subject: ShareSubject): Promise<boolean> {
	return (await deleteRows(tx, shares, and(eq(shares.clientId, clientId), ...isOf(subject)))) === 1;
}

/** Takes back every share of a row; nothing where rows of its table can't be shared. */
export async function deleteSharesOf(tx: Transaction, table: FirmOwnedTable, id: string): Promise<void> {
	const column = shareColumnOf(table);
	if (column) await deleteRows(tx, shares, eq(column, id));
}

export async function countSharesOf(tx: Transaction, subject: ShareSubject): Promise<number> {
	const [row] = await tx
		.select({ count: sql<number>`count(*)::int` })
		.from(shares)
		.where(and(...isOf(subject)));
	return row?.count ?? 0;
}

/** Ids of the clients that each of the rows is shared with, in the order of their names. */
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
