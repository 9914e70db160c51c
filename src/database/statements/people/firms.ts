import { asc, eq, inArray, or, sql } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
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

export async function countFirms(tx: Transaction): Promise<number> {
	const [row] = await tx.select({ count: sql<number>`count(*)::int` }).from(firms);
	return row?.count ?? 0;
}

export const selectFirmsByIds = (tx: Transaction, ids: readonly string[]): Promise<FirmRow[]> =>
	tx
		.select()
		.from(firms)
		.where(inArray(firms.id, [...ids]));

/** By slug, or by id where the text is one. */
export async function selectFirmByName(tx: Transaction, slugOrId: string): Promise<FirmRow | null> {
	const [row] = await tx
		.select()
		.from(firms)
		.where(or(eq(firms.slug, slugOrId), eq(sql`${firms.id}::text`, slugOrId)));
	return row ?? null;
}

export const selectAllFirms = (tx: Transaction): Promise<FirmRow[]> => tx.select().from(firms).orderBy(asc(firms.slug));

export async function insertFirm(tx: Transaction, firm: typeof firms.$inferInsert): Promise<void> {
	await tx.insert(firms).values(firm);
}

/** false: no such firm, or it has that status already. */
export async function setFirmStatus(tx: Transaction, id: string, status: FirmRow['status']): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.set_firm_status(${id}, ${status}) as done`);
	return row?.done === true;
}

/** Keeps a firm's row until the end of the transaction. false: there is none, or someone else has it and it isn't waited for. */
export async function lockFirm(tx: Transaction, id: string, { waits }: { readonly waits: boolean }): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.hold_firm(${id}, ${waits}) as held`);
	return row?.held === true;
}
