import { and, eq } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { firstRow } from '../../single-row.ts';
import { notices } from '../../tables/index.ts';

export type NoticeRow = typeof notices.$inferSelect;

/** An owner reads all notices, a member only those for EVERYBODY. */
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

export const countNotices = (tx: Transaction, reader: NoticeReader): Promise<number> =>
	tx.$count(notices, readBy(reader));

export const selectNotice = (tx: Transaction, reader: NoticeReader, id: string): Promise<NoticeRow | null> =>
	firstRow(
		tx
			.select()
			.from(notices)
			.where(and(readBy(reader), eq(notices.id, id))),
	);
