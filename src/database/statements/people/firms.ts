import { asc, eq, inArray, or, sql } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { firstRow, selectBoolean } from '../../single-row.ts';
import { firms } from '../../tables/index.ts';

export type FirmRow = typeof firms.$inferSelect;

export async function selectFirms(tx: Transaction, page: KeysetPage): Promise<Page<FirmRow>> {
	const rows = await tx
		.select()
		.from(firms)
		.where(sql.join([sql`true`, ...withinPage(page)], sql` and `))
		.orderBy(...orderOfPage(page))
		.limit(page.limit + 1);
	return trimToPage(page, rows);
}

export const countFirms = (tx: Transaction): Promise<number> => tx.$count(firms);

export const selectFirmsByIds = (tx: Transaction, ids: readonly string[]): Promise<FirmRow[]> =>
	tx
		.select()
		.from(firms)
		.where(inArray(firms.id, [...ids]));

export const selectFirmByName = (tx: Transaction, slugOrId: string): Promise<FirmRow | null> =>
	firstRow(
		tx
			.select()
			.from(firms)
			.where(or(eq(firms.slug, slugOrId), eq(sql`${firms.id}::text`, slugOrId))),
	);

export const selectAllFirms = (tx: Transaction): Promise<FirmRow[]> => tx.select().from(firms).orderBy(asc(firms.slug));

export async function insertFirm(tx: Transaction, firm: typeof firms.$inferInsert): Promise<void> {
	await tx.insert(firms).values(firm);
}

/** False if the firm does not exist or has that status already. */
export const setFirmStatus = (tx: Transaction, id: string, status: FirmRow['status']): Promise<boolean> =>
	selectBoolean(tx, sql`select public.set_firm_status(${id}, ${status}) as done`);

/** Locks a firm's row until the end of the transaction. False if it does not exist, or if it is locked and `waits` is false. */
export const lockFirm = (tx: Transaction, id: string, { waits }: { readonly waits: boolean }): Promise<boolean> =>
	selectBoolean(tx, sql`select public.hold_firm(${id}, ${waits}) as held`);
