import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { FirmOwnedTable } from '../../firm-owned.ts';
import type { Transaction } from '../../plane.ts';
import { leaseApprovals, leaseBudgets, leaseDecisionTexts, leaseEvents, leaseTexts } from '../../tables/index.ts';

export type LeaseTextsRow = typeof leaseTexts.$inferSelect;
export type LeaseDecisionTextRow = typeof leaseDecisionTexts.$inferSelect;
export type LeaseApprovalRow = typeof leaseApprovals.$inferSelect;
export type LeaseEventRow = typeof leaseEvents.$inferSelect;
export type LeaseBudgetRow = typeof leaseBudgets.$inferSelect;

export interface LeaseRowRef {
	readonly id: string;
	readonly firmId: string;
}

export async function insertLeaseTexts(tx: Transaction, texts: LeaseTextsRow): Promise<void> {
	await tx.insert(leaseTexts).values(texts);
}

/** Leaves out leases whose texts were erased. */
export const selectLeaseTexts = (tx: Transaction, ids: readonly string[]): Promise<LeaseTextsRow[]> =>
	tx
		.select()
		.from(leaseTexts)
		.where(inArray(leaseTexts.leaseId, [...ids]));

type NewLeaseApproval = Omit<LeaseApprovalRow, 'approvedAt' | 'reasonHash'> &
	Partial<Pick<LeaseApprovalRow, 'reasonHash'>>;

/** Sets only these columns: the database sets the time. */
export async function insertLeaseApproval(
	tx: Transaction,
	{ leaseId, firmId, side, userId, requestHash, mac, reasonHash = null }: NewLeaseApproval,
): Promise<void> {
	await tx.execute(sql`
		insert into public.lease_approvals (lease_id, firm_id, side, user_id, request_hash, mac, reason_hash)
		values (${leaseId}, ${firmId}, ${side}, ${userId}, ${requestHash}, ${mac}, ${reasonHash})`);
}

/** Must run after the decision, in its transaction. */
export async function insertLeaseDecisionText(
	tx: Transaction,
	{ leaseId, firmId, userId, decision, reason }: Omit<LeaseDecisionTextRow, 'id'>,
): Promise<void> {
	await tx.execute(sql`
		insert into public.lease_decision_texts (lease_id, firm_id, user_id, decision, reason)
		values (${leaseId}, ${firmId}, ${userId}, ${decision}, ${reason})`);
}

/** Leaves out decisions without a reason, and reasons that were erased. */
export const selectLeaseDecisionTexts = (tx: Transaction, ids: readonly string[]): Promise<LeaseDecisionTextRow[]> =>
	tx
		.select()
		.from(leaseDecisionTexts)
		.where(inArray(leaseDecisionTexts.leaseId, [...ids]));

/** Oldest first. */
export const selectLeaseApprovals = (tx: Transaction, ids: readonly string[]): Promise<LeaseApprovalRow[]> =>
	tx
		.select()
		.from(leaseApprovals)
		.where(inArray(leaseApprovals.leaseId, [...ids]))
		.orderBy(asc(leaseApprovals.approvedAt), asc(leaseApprovals.userId));

/** Oldest first. */
export const selectLeaseEvents = (tx: Transaction, ids: readonly string[]): Promise<LeaseEventRow[]> =>
	tx
		.select()
		.from(leaseEvents)
		.where(inArray(leaseEvents.leaseId, [...ids]))
		.orderBy(asc(leaseEvents.at), asc(leaseEvents.id));

export const selectLeaseBudgets = (tx: Transaction, ids: readonly string[]): Promise<LeaseBudgetRow[]> =>
	tx
		.select()
		.from(leaseBudgets)
		.where(inArray(leaseBudgets.leaseId, [...ids]));

/**
 * Inserts an end mark, which must be committed before the lease itself is touched. Never waits. Inserts none if the lease has a mark (mark_once()),
 * but concurrent transactions may insert several.
 */
export async function insertLeaseEnd(tx: Transaction, { id, firmId }: LeaseRowRef): Promise<void> {
	await tx.execute(sql`insert into public.lease_ends (lease_id, firm_id) values (${id}, ${firmId})`);
}

/** Marks all leases of a firm that are in use, without waiting for their users. Returns their ids, including leases that were marked before. */
export async function insertLeaseEndsOf(tx: Transaction, firm: string): Promise<string[]> {
	const { rows } = await tx.execute(sql`
		with in_use as (select id, firm_id from public.leases where firm_id = ${firm} and state in ('ACTIVATING', 'ACTIVE')),
			marked as (insert into public.lease_ends (lease_id, firm_id) select id, firm_id from in_use)
		select id from in_use`);
	return rows.map(({ id }) => id as string);
}

/** The ids among these that belong to rows of the firm in one of the tables. */
export async function selectPresentIds(
	tx: Transaction,
	tables: readonly FirmOwnedTable[],
	firm: string,
	ids: readonly string[],
): Promise<ReadonlySet<string>> {
	const found = tables.map((table) => {
		const isOne = and(
			eq(table.firmId, firm),
			sql`${table.id} = any(${sql.param([...ids])}::uuid[])`,
			isNull(table.deletedAt),
		);
		return sql`select ${table.id} as id from ${table} where ${isOne}`;
	});
	if (found.length === 0) return new Set();
	const { rows } = await tx.execute(sql.join(found, sql` union `));
	return new Set(rows.map(({ id }) => id as string));
}
