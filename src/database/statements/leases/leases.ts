import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { firstRow, selectBoolean, selectNumber } from '../../single-row.ts';
import { leases } from '../../tables/index.ts';

export type LeaseRow = typeof leases.$inferSelect;
type LeaseState = LeaseRow['state'];

/** A request, which never changes later. */
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

/** Sets only these columns: the database sets the time. Requests of one person wait for each other until the end of the transaction. */
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

export const selectLease = (tx: Transaction, id: string): Promise<LeaseRow | null> =>
	firstRow(tx.select().from(leases).where(eq(leases.id, id)));

/**
 * Locks a lease until the end of the transaction. Waits for anyone who uses it, for at most `lockTimeout` milliseconds if given; 0 does not wait.
 * Null if the role sees no such lease.
 */
export async function lockLease(tx: Transaction, id: string, lockTimeout?: number): Promise<LeaseRow | null> {
	if (lockTimeout) await tx.execute(sql`select set_config('lock_timeout', ${String(lockTimeout)}, true)`);
	const noWait = lockTimeout === 0 ? ({ noWait: true } as const) : {};
	return firstRow(tx.select().from(leases).where(eq(leases.id, id)).for('no key update', noWait));
}

/** Moves a lease to another state. The transaction must have locked it. A trigger may refuse the move. */
export async function transitionLease(
	tx: Transaction,
	id: string,
	state: LeaseState,
	actedBy: string | null,
): Promise<LeaseRow> {
	const [row] = await tx.update(leases).set({ state, actedBy }).where(eq(leases.id, id)).returning();
	if (!row) throw new Error('A locked lease does not exist.');
	return row;
}

/** Records the review of a lease that the transaction has locked. A trigger sets the time. */
export async function setLeaseReviewed(tx: Transaction, id: string, reviewedBy: string): Promise<LeaseRow> {
	const [row] = await tx.update(leases).set({ reviewedBy }).where(eq(leases.id, id)).returning();
	if (!row) throw new Error('A locked lease does not exist.');
	return row;
}

/** Leases of a firm that are requested or approved, but not activated. */
export async function selectUnusedLeases(tx: Transaction, firm: string): Promise<string[]> {
	const rows = await tx
		.select({ id: leases.id })
		.from(leases)
		.where(and(eq(leases.firmId, firm), inArray(leases.state, ['REQUESTED', 'APPROVED'])));
	return rows.map(({ id }) => id);
}

/** Number of a person's open leases, over all accounts. */
export const countOpenLeases = (tx: Transaction, requestedBy: string): Promise<number> =>
	selectNumber(tx, sql`select public.count_open_leases(${requestedBy}) as count`);

/** Whether `user` and one of the other accounts do not count as two persons: the person is the same, or one introduced the other. */
export const countsAsSamePerson = (tx: Transaction, user: string, others: readonly string[]): Promise<boolean> =>
	selectBoolean(tx, sql`select public.counts_as_one(${user}, ${sql.param([...others])}::uuid[]) as yes`);

/** Whether one of the accounts belongs to the same natural person as `user`, or is `user`. */
export const isPersonAmong = (tx: Transaction, user: string, others: readonly string[]): Promise<boolean> =>
	selectBoolean(tx, sql`select public.is_person_among(${user}, ${sql.param([...others])}::uuid[]) as yes`);

/** Null does not filter. */
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

export const countLeases = (tx: Transaction, filter: LeaseRowFilter): Promise<number> =>
	tx.$count(leases, matching(filter));

/** The database's clock, which alone decides what depends on time. */
export const selectNow = async (tx: Transaction): Promise<Date> =>
	new Date(await selectNumber(tx, sql`select extract(epoch from clock_timestamp()) * 1000`));
