import { and, eq, sql } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { notices } from '../../tables/index.ts';

export type NoticeRow = typeof notices.$inferSelect;

/** For whom notices are read: an owner reads all, a member those for everybody. */
export type NoticeReader = 'OWNER' | 'MEMBER';

const readBy = (reader: NoticeReader) => (reader === 'OWNER' ? undefined : eq(notices.audience, 'EVERYBODY'));

export async function insertNotice(tx: Transaction, notice: typeof notices.$inferInsert): Promise<void> {
	await tx.insert(notices).values(notice);
}

export async function selectNotices(tx: Transaction, reader: NoticeReader, page: KeysetPage): Promise<Page<NoticeRow>> {
	const rows = await tx
		.select()
		.from(notices)
		.where(and(readBy(reader), ...withinPage(page)))
		.orderBy(...orderOfPage(page))
		.limit(page.limit + 1);
	return trimToPage(page, rows);
}

export async function countNotices(tx: Transaction, reader: NoticeReader): Promise<number> {
	const [row] = await tx.select({ count: sql<number>`count(*)::int` }).from(notices).where(readBy(reader));
	return row?.count ?? 0;
}

export async function selectNotice(tx: Transaction, reader: NoticeReader, id: string): Promise<NoticeRow | null> {
	const [row] = await tx
		.select()
		.from(notices)
		.where(and(readBy(reader), eq(notices.id, id)));
	return row ?? null;
}
