import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { leases } from '../../tables/index.ts';

export type LeaseRow = typeof leases.$inferSelect;
type LeaseState = LeaseRow['state'];

/** What is asked for, once: no one changes it later. */
export type NewLease = Pick<
	LeaseRow,
	| 'id'
	| 'firmId'
	| 'requestedBy'
	| 'purpose'
	| 'classes'
	| 'coordinates'
	| 'recordIds'
	| 'readBudget'
	| 'minutes'
	| 'reasonHash'
	| 'ticketHash'
	| 'requestHash'
	| 'requestMac'
>;

/** Only these columns: when it was asked for, the database says. One at a time asks for a person, until the end of the transaction. */
export async function insertLease(tx: Transaction, lease: NewLease): Promise<void> {
	const list = (values: readonly string[] | null) => sql.param(values === null ? null : [...values]);
	await tx.execute(sql`
		insert into public.leases (id, firm_id, requested_by, purpose, classes, coordinates, record_ids, read_budget, minutes,
			reason_hash, ticket_hash, request_hash, request_mac, acted_by)
		values (${lease.id}, ${lease.firmId}, ${lease.requestedBy}, ${lease.purpose}, ${list(lease.classes)}::text[],
			${list(lease.coordinates)}::text[], ${list(lease.recordIds)}::uuid[], ${lease.readBudget}, ${lease.minutes},
			${lease.reasonHash}, ${lease.ticketHash}, ${lease.requestHash}, ${lease.requestMac}, ${lease.requestedBy})`);
}

export const selectLeasesByIds = (tx: Transaction, ids: readonly string[]): Promise<LeaseRow[]> =>
	tx
		.select()
		.from(leases)
		.where(inArray(leases.id, [...ids]));

export async function selectLease(tx: Transaction, id: string): Promise<LeaseRow | null> {
	const [row] = await tx.select().from(leases).where(eq(leases.id, id));
	return row ?? null;
}

/**
 * Keeps a lease as it is until the end of the transaction; waits for anyone who uses it, for `lockTimeout` milliseconds at most, if given, and
 * with 0 not at all. null: there is none that the role sees.
 */
export async function lockLease(tx: Transaction, id: string, lockTimeout?: number): Promise<LeaseRow | null> {
	if (lockTimeout) await tx.execute(sql`select set_config('lock_timeout', ${String(lockTimeout)}, true)`);
	const noWait = lockTimeout === 0 ? ({ noWait: true } as const) : {};
	const [row] = await tx.select().from(leases).where(eq(leases.id, id)).for('no key update', noWait);
	return row ?? null;
}

/** Moves a lease that the transaction has locked. The database's trigger has the last word. */
export async function transitionLease(
	tx: Transaction,
	id: string,
	state: LeaseState,
	actedBy: string | null,
): Promise<LeaseRow> {
	const [row] = await tx.update(leases).set({ state, actedBy }).where(eq(leases.id, id)).returning();
	if (!row) throw new Error('A lease that was locked is not there.');
	return row;
}

/** The sign-off of a lease that the transaction has locked; the database stamps the time. */
export async function setLeaseReviewed(tx: Transaction, id: string, reviewedBy: string): Promise<LeaseRow> {
	const [row] = await tx.update(leases).set({ reviewedBy }).where(eq(leases.id, id)).returning();
	if (!row) throw new Error('A lease that was locked is not there.');
	return row;
}

/** Those leases of a firm that no one uses yet. */
export async function selectUnusedLeases(tx: Transaction, firm: string): Promise<string[]> {
	const rows = await tx
		.select({ id: leases.id })
		.from(leases)
		.where(and(eq(leases.firmId, firm), inArray(leases.state, ['REQUESTED', 'APPROVED'])));
	return rows.map(({ id }) => id);
}

/** Leases of a person, in whatever account, of which something may still come. */
export async function countOpenLeases(tx: Transaction, requestedBy: string): Promise<number> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.count_open_leases(${requestedBy}) as count`);
	return Number(row?.count);
}

/** Whether `user` counts as one with one of the accounts where two persons are asked for: the person is the same, or there by the other's word. */
export async function countsAsSamePerson(tx: Transaction, user: string, others: readonly string[]): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.counts_as_one(${user}, ${sql.param([...others])}::uuid[]) as yes`);
	return row?.yes === true;
}

/** Whether one of the accounts is of the same natural person as `user`, or is `user`. */
export async function isPersonAmong(tx: Transaction, user: string, others: readonly string[]): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.is_person_among(${user}, ${sql.param([...others])}::uuid[]) as yes`);
	return row?.yes === true;
}

/** Which leases are listed; null: whatever it is. */
export interface LeaseRowFilter {
	readonly firmId: string | null;
	readonly state: LeaseState | null;
	readonly requestedById: string | null;
	readonly isReviewed: boolean | null;
}

const matching = ({ firmId, state, requestedById, isReviewed }: LeaseRowFilter): SQL | undefined =>
	and(
		firmId === null ? undefined : eq(leases.firmId, firmId),
		state === null ? undefined : eq(leases.state, state),
		requestedById === null ? undefined : eq(leases.requestedBy, requestedById),
		isReviewed === null ? undefined : isReviewed ? isNotNull(leases.reviewedAt) : isNull(leases.reviewedAt),
	);

export async function selectLeases(tx: Transaction, filter: LeaseRowFilter, page: KeysetPage): Promise<Page<LeaseRow>> {
	const rows = await tx
		.select()
		.from(leases)
		.where(and(matching(filter), ...withinPage(page)))
		.orderBy(...orderOfPage(page))
		.limit(page.limit + 1);
	return trimToPage(page, rows);
}

export async function countLeases(tx: Transaction, filter: LeaseRowFilter): Promise<number> {
	const [row] = await tx.select({ count: sql<number>`count(*)::int` }).from(leases).where(matching(filter));
	return row?.count ?? 0;
}

/** The database's clock: what is decided by time is decided by it. */
export async function selectNow(tx: Transaction): Promise<Date> {
	const {
		rows: [row],
	} = await tx.execute(sql`select extract(epoch from clock_timestamp()) * 1000 as now`);
	return new Date(Number(row?.now));
}
