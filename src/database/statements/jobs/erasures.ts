import { and, asc, eq, gt, inArray, isNull, lte, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow, selectBoolean, selectNumber } from '../../single-row.ts';
import { dataKeys, erasureObjects, erasures, firms, jobs } from '../../tables/index.ts';
import type { IdRange } from '../columns/stale-values.ts';
import { deleteRows } from '../delete-rows.ts';
import { selectPageEnd } from '../page-end.ts';

export type ErasureRow = typeof erasures.$inferSelect;
export type ErasedSubject = Pick<ErasureRow, 'firmId' | 'subject'>;

const isOf = ({ firmId, subject }: ErasedSubject) =>
	and(eq(erasures.firmId, firmId), sql`${erasures.subject} is not distinct from ${subject}`);

export const selectErasure = (tx: Transaction, of: ErasedSubject): Promise<ErasureRow | null> =>
	firstRow(tx.select().from(erasures).where(isOf(of)));

export const selectErasures = (tx: Transaction, firm: string | null): Promise<ErasureRow[]> =>
	tx
		.select()
		.from(erasures)
		.where(firm === null ? undefined : eq(erasures.firmId, firm))
		.orderBy(asc(erasures.begunAt), asc(erasures.id));

export type NewErasure = Pick<ErasureRow, 'id' | 'firmId' | 'subject' | 'mac'>;

/** From the commit on an erased firm is closed permanently. Does nothing if another process or an erasure record inserted the row first. */
export async function insertErasure(tx: Transaction, { id, firmId, subject, mac }: NewErasure): Promise<void> {
	await tx.execute(sql`
		insert into public.erasures (id, firm_id, subject, mac) values (${id}, ${firmId}, ${subject}, ${mac}) on conflict do nothing`);
}

/** Does nothing if the inventory is set. */
export async function setErasureInventory(tx: Transaction, of: ErasedSubject, inventory: string): Promise<void> {
	await tx
		.update(erasures)
		.set({ inventory })
		.where(and(isOf(of), isNull(erasures.inventory)));
}

/** Assigns the next number for the erasure record, unless it has one. Returns the number. */
export async function assignErasureRecordNumber(tx: Transaction, of: ErasedSubject): Promise<number> {
	await tx
		.update(erasures)
		.set({ number: sql`public.next_erasure_record_number()` })
		.where(and(isOf(of), isNull(erasures.number)));
	const row = await selectErasure(tx, of);
	return row?.number ?? 0;
}

/** Releases the number of an erasure if it belongs to another erasure's record, whose row needs it. */
export async function releaseErasureRecordNumber(tx: Transaction, of: ErasedSubject, number: number): Promise<void> {
	await tx
		.update(erasures)
		.set({ number: null })
		.where(and(isOf(of), eq(erasures.number, number)));
}

/** Releases a number in any row. */
export async function releaseRecordNumber(tx: Transaction, number: number): Promise<void> {
	await tx.update(erasures).set({ number: null }).where(eq(erasures.number, number));
}

export type ErasureRecord = NewErasure & { readonly number: number };

/** Adds an erasure record from outside the database, or its number to the erasure's row. */
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

/** Replaces id and MAC in the row of a subject by those of its erasure record, because the row's own are not proven. */
export async function adoptErasureRecord(tx: Transaction, { id, firmId, subject, mac }: NewErasure): Promise<void> {
	await tx.update(erasures).set({ id, mac }).where(isOf({ firmId, subject }));
}

/** The erasure records that the database knows, from the number `first` on. */
export async function selectKnownErasureRecords(
	tx: Transaction,
	first: number,
	most: number,
): Promise<ErasureRecord[]> {
	const { rows } = await tx.execute(sql`
		select number::float8 as number, id, firm_id as "firmId", subject, mac from public.known_erasure_records(${first}, ${most})`);
	return rows as unknown as ErasureRecord[];
}

/** Whether data that counts as erased can be opened: a restore brought it back, or it was never erased. */
export async function isErasedDataPresent(tx: Transaction): Promise<boolean> {
	const { rows } = await tx.execute(sql`select 1 from public.erasures_left() where open limit 1`);
	return rows.length > 0;
}

/** Number of the first erasure record that the database does not have. */
export const selectNextErasureRecordNumber = (tx: Transaction): Promise<number> =>
	selectNumber(tx, sql`select public.next_erasure_record_number()::float8 as number`);

/**
 * Erasures that are unfinished, regardless of what their rows say, and that have no open job and none that ended within the last hour, as a job
 * does that finds its records on hold.
 * Erasures with a record number come first: a row that a login inserted never keeps a number.
 */
export const selectUnfinishedErasures = (tx: Transaction, most: number): Promise<ErasureRow[]> =>
	tx
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

/** Adds to the counts of files whose location could not be read. */
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

/** Adds sealed file locations. Keeps entries that exist. */
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

/** The end of the next page of the list; null if there are no more. */
export const selectDeletionListEnd = (tx: Transaction, erasure: string, after: string | null, most: number) =>
	selectPageEnd(
		tx,
		sql`select id from public.erasure_objects where erasure_id = ${erasure} and (${after}::uuid is null or id > ${after}::uuid)
			order by id limit ${most}`,
	);

export async function deleteFromDeletionList(tx: Transaction, ids: readonly string[]): Promise<void> {
	await deleteRows(tx, erasureObjects, inArray(erasureObjects.id, [...ids]));
}

/** From the commit on, tokens of the firm's people are refused, and no use of a lease on the firm begins. */
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

/** Leaves only the firm's id. */
export async function tombstoneFirm(tx: Transaction, firm: string): Promise<void> {
	await tx
		.update(firms)
		.set({ slug: `erased-${firm.replaceAll('-', '')}`, name: 'Erased', revision: sql`${firms.revision} + 1` })
		.where(eq(firms.id, firm));
}

/** Overwrites up to `most` data keys of the firm permanently, in any state. The classes RIGHTS and JOB, which prove people and seal the list, come last. */
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

export const selectDestroyedKeys = (tx: Transaction, firm: string) =>
	tx
		.select({ class: dataKeys.class, version: dataKeys.version, ownKey: dataKeys.ownKey })
		.from(dataKeys)
		.where(and(eq(dataKeys.firmId, firm), eq(dataKeys.state, 'DESTROYED')))
		.orderBy(asc(dataKeys.class), asc(dataKeys.version));

/** Whether a time has passed by the database's clock, and the clock is sound. */
export const isPast = (tx: Transaction, at: Date): Promise<boolean> =>
	selectBoolean(
		tx,
		sql`select clock_timestamp() >= ${at.toISOString()}::timestamptz and public.is_clock_sound() as past`,
	);
