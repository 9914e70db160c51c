import { and, eq, gte, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, toPage, withinPage } from '../keyset.ts';
import type { Transaction } from '../plane.ts';
import { type Sealed, withoutContent } from '../sealed.ts';
import { columnsOf, type Selection } from '../selection.ts';
import { notes } from '../tables/index.ts';

/** A note as read: sealed columns are there only if they were selected. */
export type NoteRow = Omit<typeof notes.$inferSelect, 'title' | 'body'> & {
	readonly title?: Sealed | null;
	readonly body?: Sealed | null;
};

export interface NoteFilter {
	readonly firmId?: string | null;
	readonly authorId?: string | null;
	readonly createdFrom?: Date | null;
	readonly createdBefore?: Date | null;
}

const matching = ({ firmId, authorId, createdFrom, createdBefore }: NoteFilter): (SQL | undefined)[] => [
	isNull(notes.deletedAt),
	firmId ? eq(notes.firmId, firmId) : undefined,
	authorId ? eq(notes.authorId, authorId) : undefined,
	createdFrom ? gte(notes.createdAt, createdFrom) : undefined,
	createdBefore ? lt(notes.createdAt, createdBefore) : undefined,
];

export async function selectNotes(
	tx: Transaction,
	filter: NoteFilter,
	page: KeysetPage,
	selection: Selection,
): Promise<Page<NoteRow>> {
	const rows = await tx
		.select(columnsOf(notes, selection))
		.from(notes)
		.where(and(...matching(filter), ...withinPage(page)))
		.orderBy(...orderOfPage(page))
		.limit(page.limit + 1);
	return toPage(page, rows as unknown as NoteRow[]);
}

export async function countNotes(tx: Transaction, filter: NoteFilter): Promise<number> {
	const [row] = await tx
		.select({ count: sql<number>`count(*)::int` })
		.from(notes)
		.where(and(...matching(filter)));
	return row?.count ?? 0;
}

export async function selectNote(tx: Transaction, id: string, selection: Selection): Promise<NoteRow | null> {
	const [row] = await tx
		.select(columnsOf(notes, selection))
		.from(notes)
		.where(and(eq(notes.id, id), isNull(notes.deletedAt)));
	return (row as unknown as NoteRow | undefined) ?? null;
}

/** null: the id is taken, by whatever firm. */
export async function insertNote(tx: Transaction, note: typeof notes.$inferInsert): Promise<NoteRow | null> {
	const [row] = await tx.insert(notes).values(note).onConflictDoNothing().returning();
	return row ?? null;
}

/** null: no such note, or another revision than the one expected. */
export async function updateNote(
	tx: Transaction,
	id: string,
	expectedRevision: number,
	changes: { title?: Sealed | null; body?: Sealed | null },
): Promise<NoteRow | null> {
	const [row] = await tx
		.update(notes)
		.set({ ...changes, revision: sql`${notes.revision} + 1`, updatedAt: sql`now()` })
		.where(and(eq(notes.id, id), eq(notes.revision, expectedRevision), isNull(notes.deletedAt)))
		.returning();
	return row ?? null;
}

/** Removes the content and leaves the tombstone, which keeps the id taken. null as for updateNote. */
export async function buryNote(tx: Transaction, id: string, expectedRevision: number): Promise<string | null> {
	const [row] = await tx
		.update(notes)
		.set({
			...withoutContent(notes),
			deletedAt: sql`now()`,
			updatedAt: sql`now()`,
			revision: sql`${notes.revision} + 1`,
		})
		.where(and(eq(notes.id, id), eq(notes.revision, expectedRevision), isNull(notes.deletedAt)))
		.returning({ id: notes.id });
	return row?.id ?? null;
}

/** Those of the ids that are taken, tombstones included. */
export async function selectTakenNoteIds(tx: Transaction, ids: readonly string[]): Promise<ReadonlySet<string>> {
	const rows = await tx
		.select({ id: notes.id })
		.from(notes)
		.where(inArray(notes.id, [...ids]));
	return new Set(rows.map(({ id }) => id));
}
