import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow, isOneRow } from '../../single-row.ts';
import { legalHolds } from '../../tables/index.ts';

export type HoldRow = typeof legalHolds.$inferSelect;
export type NewHold = Pick<HoldRow, 'id' | 'firmId' | 'subject' | 'ticket' | 'setBy' | 'setAt' | 'mac'>;

export async function insertHold(tx: Transaction, hold: NewHold): Promise<void> {
	await tx.execute(sql`
		insert into public.legal_holds (id, firm_id, subject, ticket, set_by, set_at, mac)
		values (${hold.id}, ${hold.firmId}, ${hold.subject}, ${hold.ticket}, ${hold.setBy}, ${sql.param(hold.setAt, legalHolds.setAt)}, ${hold.mac})`);
}

/** Includes released holds. `firm`: null for all. */
export const selectHolds = (tx: Transaction, firm: string | null): Promise<HoldRow[]> =>
	tx
		.select()
		.from(legalHolds)
		.where(firm === null ? undefined : eq(legalHolds.firmId, firm))
		.orderBy(asc(legalHolds.setAt), asc(legalHolds.id));

export const selectHold = (tx: Transaction, id: string): Promise<HoldRow | null> =>
	firstRow(tx.select().from(legalHolds).where(eq(legalHolds.id, id)));

/** False if the hold is released already. */
export const releaseHold = (
	tx: Transaction,
	id: string,
	release: { readonly releasedBy: string; readonly releasedAt: Date; readonly releaseMac: Uint8Array },
): Promise<boolean> =>
	isOneRow(
		tx
			.update(legalHolds)
			.set(release)
			.where(and(eq(legalHolds.id, id), isNull(legalHolds.releasedAt)))
			.returning({ id: legalHolds.id }),
	);

export interface LoggedHold {
	readonly action: 'hold.set' | 'hold.release';
	/** The hold's id in the log's format. */
	readonly hold: string;
}

/** The log's entries about a firm's holds. */
export async function selectHoldsInLog(tx: Transaction, firm: string): Promise<LoggedHold[]> {
	const { rows } = await tx.execute(sql`select action, hold from public.legal_holds_in_log(${firm})`);
	return rows as unknown as LoggedHold[];
}
