import { and, eq, lt, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { downloadTickets } from '../../tables/index.ts';
import { deleteRows, deleteSelectedRow } from '../delete-rows.ts';

export type TicketRow = typeof downloadTickets.$inferSelect;

export async function insertTicket(tx: Transaction, ticket: TicketRow): Promise<void> {
	await tx.insert(downloadTickets).values(ticket);
}

/** Uses up a ticket; null if it does not exist, was used or has expired. */
export async function consumeTicket(tx: Transaction, hash: Uint8Array): Promise<TicketRow | null> {
	const [row] = await tx
		.select({ ticket: downloadTickets, gone: deleteSelectedRow(downloadTickets) })
		.from(downloadTickets)
		.where(and(eq(downloadTickets.hash, hash), sql`${downloadTickets.expiresAt} > clock_timestamp()`));
	return row?.gone === 1 ? row.ticket : null;
}

/** Returns the number of deleted tickets. */
export const deleteExpiredTickets = (tx: Transaction): Promise<number> =>
	deleteRows(tx, downloadTickets, lt(downloadTickets.expiresAt, sql`now()`));
