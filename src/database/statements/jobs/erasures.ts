import { and, asc, eq, gt, inArray, isNull, lte, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { dataKeys, erasureObjects, erasures, firms, jobs } from '../../tables/index.ts';
import type { IdRange } from '../columns/stale-values.ts';
import { deleteRows } from '../delete-rows.ts';
import { selectPageEnd } from './page-end.ts';

export type ErasureRow = typeof erasures.$inferSelect;
export type ErasedSubject = Pick<ErasureRow, 'firmId' | 'subject'>;

const isOf = ({ firmId, subject }: ErasedSubject) =>
	and(eq(erasures.firmId, firmId), sql`${erasures.subject} is not distinct from ${subject}`);

export async function selectErasure(tx: Transaction, of: ErasedSubject): Promise<ErasureRow | null> {
	const [row] = await tx.select().from(erasures).where(isOf(of));
	return row ?? null;
}

export const selectErasures = (tx: Transaction, firm: string | null): Promise<ErasureRow[]> =>
	tx
		.select()
		.from(erasures)
		.where(firm === null ? undefined : eq(erasures.firmId, firm))
		.orderBy(asc(erasures.begunAt), asc(erasures.id));

export type NewErasure = Pick<ErasureRow, 'id' | 'firmId' | 'subject' | 'mac'>;

/** From its commit on a firm that it is about is closed for good. It is there already when someone else, or an erasure record, was faster. */
export async function insertErasure(tx: Transaction, { id, firmId, subject, mac }: NewErasure): Promise<void> {
	await tx.execute(sql`
		insert into public.erasures (id, firm_id, subject, mac) values (${id}, ${firmId}, ${subject}, ${mac}) on conflict do nothing`);
}

/** What there was; once. */
export async function setErasureInventory(tx: Transaction, of: ErasedSubject, inventory: string): Promise<void> {
	await tx
		.update(erasures)
		.set({ inventory })
		.where(and(isOf(of), isNull(erasures.inventory)));
}

/** Takes the next number for its erasure record; the one that it has, if it has one. */
export async function assignErasureRecordNumber(tx: Transaction, of: ErasedSubject): Promise<number> {
	await tx
		.update(erasures)
		.set({ number: sql`public.next_erasure_record_number()` })
		.where(and(isOf(of), isNull(erasures.number)));
	const row = await selectErasure(tx, of);
	return row?.number ?? 0;
}

/** Gives a number back that is another's erasure record's, so that anyone who learns of it finds it free. */
export async function releaseErasureRecordNumber(tx: Transaction, of: ErasedSubject, number: number): Promise<void> {
	await tx
		.update(erasures)
		.set({ number: null })
		.where(and(isOf(of), eq(erasures.number, number)));
}

/** Gives a number back that is another's, whosever row has it. */
export async function releaseRecordNumber(tx: Transaction, number: number): Promise<void> {
	await tx.update(erasures).set({ number: null }).where(eq(erasures.number, number));
}

export type ErasureRecord = NewErasure & { readonly number: number };

/** What an erasure record outside of the database says, which the database did not know, or not by its number. */
export async function insertErasureRecord(
	tx: Transaction,
	{ id, firmId, subject, mac, number }: ErasureRecord,
): Promise<void> {
	const known = await tx
		.update(erasures)
		.set({ number })
		.where(and(isOf({ firmId, subject }), isNull(erasures.number)))
		.returning({ id: erasures.id });
	if (known.length > 0) return;
	await tx.execute(sql`
		insert into public.erasures (id, firm_id, subject, mac, number) values (${id}, ${firmId}, ${subject}, ${mac}, ${number})`);
}

/** The row of a subject becomes what its erasure record says: the one who put it there has not proven it. */
export async function adoptErasureRecord(tx: Transaction, { id, firmId, subject, mac }: NewErasure): Promise<void> {
	await tx.update(erasures).set({ id, mac }).where(isOf({ firmId, subject }));
}

/** What the database says of erasure records, from a number on; never MACs of anybody's content. */
export async function selectKnownErasureRecords(
	tx: Transaction,
	first: number,
	most: number,
): Promise<ErasureRecord[]> {
	const { rows } = await tx.execute(sql`
		select number::float8 as number, id, firm_id as "firmId", subject, mac from public.known_erasure_records(${first}, ${most})`);
	return rows as unknown as ErasureRecord[];
}

/** Whether something is open that is said to be erased: a restore has brought it back, or it never was. */
export async function isErasedDataPresent(tx: Transaction): Promise<boolean> {
	const { rows } = await tx.execute(sql`select 1 from public.erasures_left() where open limit 1`);
	return rows.length > 0;
}

/** Number of the first erasure record that the database does not know. */
export async function selectNextErasureRecordNumber(tx: Transaction): Promise<number> {
	const { rows } = await tx.execute(sql`select public.next_erasure_record_number()::float8 as number`);
	return Number(rows[0]?.number ?? 0);
}

/**
 * Erasures that are not done, whatever their rows say, and that no job works on: none is open for them, and none has ended within the
 * last hour, as one does that finds its records on hold.
 * Those with an erasure record first: rows that a login has put there get no number that stays.
 */
export async function selectUnfinishedErasures(tx: Transaction, most: number): Promise<ErasureRow[]> {
	return tx
		.select()
		.from(erasures)
		.where(
			and(
				sql`(${erasures.erasedAt} is null or ${erasures.id} in (select l.id from public.erasures_left() l))`,
				sql`not exists (select from ${jobs} j where j.firm_id = ${erasures.firmId} and j.kind = 'ERASE'
					and j.subject is not distinct from ${erasures.subject}
					and (j.ended_at is null or j.ended_at > clock_timestamp() - interval '1 hour'))`,
			),
		)
		.orderBy(asc(erasures.number), asc(erasures.begunAt), asc(erasures.id))
		.limit(most);
}

/** Files that the rows did not say the place of. */
export async function setUnopenedCounts(
	tx: Transaction,
	of: ErasedSubject,
	{ unopened, unnamed }: { readonly unopened: number; readonly unnamed: number },
): Promise<void> {
	await tx
		.update(erasures)
		.set({ unopened: sql`${erasures.unopened} + ${unopened}`, unnamed: sql`${erasures.unnamed} + ${unnamed}` })
		.where(isOf(of));
}

export async function finishErasure(tx: Transaction, of: ErasedSubject, certificate: string): Promise<void> {
	await tx
		.update(erasures)
		.set({ erasedAt: sql`clock_timestamp()`, certificate })
		.where(and(isOf(of), isNull(erasures.erasedAt)));
}

export type DeletionListEntry = Pick<typeof erasureObjects.$inferSelect, 'id' | 'location'>;

/** Where files lie, sealed. What is listed already stays as it is. */
export async function insertIntoDeletionList(
	tx: Transaction,
	{ id, firmId }: Pick<ErasureRow, 'id' | 'firmId'>,
	objects: readonly DeletionListEntry[],
): Promise<void> {
	if (objects.length === 0) return;
	await tx
		.insert(erasureObjects)
		.values(objects.map((object) => ({ ...object, erasureId: id, firmId })))
		.onConflictDoNothing();
}

export const selectDeletionList = (
	tx: Transaction,
	erasure: string,
	{ after, upto }: IdRange,
): Promise<DeletionListEntry[]> =>
	tx
		.select({ id: erasureObjects.id, location: erasureObjects.location })
		.from(erasureObjects)
		.where(
			and(
				eq(erasureObjects.erasureId, erasure),
				after === null ? undefined : gt(erasureObjects.id, after),
				upto === null ? undefined : lte(erasureObjects.id, upto),
			),
		)
		.orderBy(asc(erasureObjects.id));

/** Where a page of them ends; null: there are no more. */
export const selectDeletionListEnd = (tx: Transaction, erasure: string, after: string | null, most: number) =>
	selectPageEnd(
		tx,
		sql`select id from public.erasure_objects where erasure_id = ${erasure} and (${after}::uuid is null or id > ${after}::uuid)
			order by id limit ${most}`,
	);

export async function deleteFromDeletionList(tx: Transaction, ids: readonly string[]): Promise<void> {
	await deleteRows(tx, erasureObjects, inArray(erasureObjects.id, [...ids]));
}

/** From the commit on its people's tokens are refused. Open leases on it begin nothing more. */
export async function closeFirm(tx: Transaction, firm: string): Promise<void> {
	await tx
		.update(firms)
		.set({ status: 'ERASED', revision: sql`${firms.revision} + 1` })
		.where(and(eq(firms.id, firm), sql`${firms.status} <> 'ERASED'`));
	await tx.execute(sql`
		insert into public.lease_ends (lease_id, firm_id)
		select l.id, l.firm_id from public.leases l
		where l.firm_id = ${firm} and l.state not in ('DENIED', 'CANCELLED', 'LAPSED', 'RELEASED', 'REVOKED', 'EXPIRED', 'EXHAUSTED')`);
}

/** What is left of a firm: its id. */
export async function tombstoneFirm(tx: Transaction, firm: string): Promise<void> {
	await tx
		.update(firms)
		.set({ slug: `erased-${firm.replaceAll('-', '')}`, name: 'Erased', revision: sql`${firms.revision} + 1` })
		.where(eq(firms.id, firm));
}

/** Overwrites some of the firm's data keys for good, whatever they were; what proves its people and what the list is under at last. */
export async function eraseKeys(
	tx: Transaction,
	firm: string,
	most: number,
): Promise<{ readonly class: string; readonly version: number }[]> {
	const { rows } = await tx.execute(sql`
		update public.data_keys set state = 'DESTROYED', wrapped = ''
		where (firm_id, class, version) in (
			select firm_id, class, version from public.data_keys where firm_id = ${firm} and state <> 'DESTROYED'
			order by class in ('RIGHTS', 'JOB'), class, version limit ${most})
		returning class, version::float8 as version`);
	return rows as unknown as { class: string; version: number }[];
}

/** Every version that was destroyed. */
export const selectDestroyedKeys = (tx: Transaction, firm: string) =>
	tx
		.select({ class: dataKeys.class, version: dataKeys.version, ownKey: dataKeys.ownKey })
		.from(dataKeys)
		.where(and(eq(dataKeys.firmId, firm), eq(dataKeys.state, 'DESTROYED')))
		.orderBy(asc(dataKeys.class), asc(dataKeys.version));

/** Whether the database's clock says that a time is over, and can be believed. */
export async function isPast(tx: Transaction, at: Date): Promise<boolean> {
	const { rows } = await tx.execute(
		sql`select clock_timestamp() >= ${at.toISOString()}::timestamptz and public.is_clock_sound() as past`,
	);
	return rows[0]?.past === true;
}
