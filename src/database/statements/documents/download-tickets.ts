import { and, eq, lt, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { downloadTickets } from '../../tables/index.ts';
import { deleteRows, deleteSelectedRow } from '../delete-rows.ts';

export type TicketRow = typeof downloadTickets.$inferSelect;

/** Keeps a ticket until it is used; one that no one has used in time goes with the worker's next clearing. */
export async function insertTicket(tx: Transaction, ticket: TicketRow): Promise<void> {
	await tx.insert(downloadTickets).values(ticket);
}

/** Takes a ticket, so that no one can take it again; null: there is none such, or its time is over. */
export async function consumeTicket(tx: Transaction, hash: Uint8Array): Promise<TicketRow | null> {
	const [row] = await tx
		.select({ ticket: downloadTickets, gone: deleteSelectedRow(downloadTickets) })
		.from(downloadTickets)
		.where(and(eq(downloadTickets.hash, hash), sql`${downloadTickets.expiresAt} > clock_timestamp()`));
	return row?.gone === 1 ? row.ticket : null;
}

/** Tickets whose time is over; answers how many there were. */
export const deleteExpiredTickets = (tx: Transaction): Promise<number> =>
	deleteRows(tx, downloadTickets, lt(downloadTickets.expiresAt, sql`now()`));
