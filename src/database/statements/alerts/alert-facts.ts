import { inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { selectBoolean } from '../../single-row.ts';
import { leases } from '../../tables/index.ts';
import { OLDEST_WAITING } from '../audit-log/audit-walk.ts';

/** Facts about a lease that alert rules need. */
export interface LeaseFacts {
	readonly id: string;
	readonly requestedBy: string;
	readonly requestedAt: Date;
	/** When the broker confirmed that no grant is left; null before. */
	readonly clearedAt: Date | null;
}

export const selectLeaseFacts = (tx: Transaction, ids: readonly string[]): Promise<LeaseFacts[]> =>
	tx
		.select({
			id: leases.id,
			requestedBy: leases.requestedBy,
			requestedAt: leases.requestedAt,
			clearedAt: leases.clearedAt,
		})
		.from(leases)
		.where(inArray(leases.id, [...ids]));

/** The ids among these that belong to accounts or firms. */
export async function selectKnownIds(tx: Transaction, ids: readonly string[]): Promise<ReadonlySet<string>> {
	const { rows } = await tx.execute(sql`select known_ids as id from public.known_ids(${sql.param([...ids])}::uuid[])`);
	return new Set(rows.map(({ id }) => id as string));
}

/** A lease that meets a rule's condition. */
export interface LeaseSubject {
	readonly id: string;
	readonly firmId: string;
	readonly requestedBy: string;
}

const ofLeases = async (tx: Transaction, query: ReturnType<typeof sql>): Promise<LeaseSubject[]> => {
	const { rows } = await tx.execute(
		sql`select l.id, l.firm_id as "firmId", l.requested_by as "requestedBy" from public.leases l ${query} order by l.id limit 1000`,
	);
	return rows as unknown as LeaseSubject[];
};

/** Leases that have used at least this percentage of their budget, the last time within a day. */
export const selectSpentLeases = (tx: Transaction, percent: number): Promise<LeaseSubject[]> =>
	ofLeases(
		tx,
		sql`join public.lease_budgets b on b.lease_id = l.id
		where b.budget is not null and b.used::numeric * 100 >= ${percent}::numeric * b.budget
			and b.used_at > clock_timestamp() - interval '1 day'`,
	);

/** Requests of the last day that ask for more, in any respect, than a denied request of the same person to the same firm in the hours before. */
export const selectRerequestedLeases = (tx: Transaction, hours: number): Promise<LeaseSubject[]> =>
	ofLeases(
		tx,
		sql`where l.requested_at > clock_timestamp() - interval '1 day' and exists (
			select from public.leases d
			where d.state = 'DENIED' and d.firm_id = l.firm_id and d.requested_by = l.requested_by
				and d.ended_at <= l.requested_at and d.ended_at > l.requested_at - ${hours} * interval '1 hour'
				and (not l.classes <@ d.classes or l.minutes > d.minutes
					or (d.read_budget is not null and coalesce(l.read_budget > d.read_budget, true))
					or (d.coordinates is not null and coalesce(not l.coordinates <@ d.coordinates, true))
					or (d.record_ids is not null and coalesce(not l.record_ids <@ d.record_ids, true))))`,
	);

/** Leases that ended more than `seconds` ago, and of which the broker has not confirmed that no grant is left. */
export const selectUnclearedLeases = (tx: Transaction, seconds: number): Promise<LeaseSubject[]> =>
	ofLeases(
		tx,
		sql`where l.cleared_at is null and l.state in ('EXPIRED', 'REVOKED', 'RELEASED', 'EXHAUSTED')
			and l.ended_at < clock_timestamp() - ${seconds} * interval '1 second'`,
	);

/** Leases that were active, ended more than `hours` ago, and have no review. */
export const selectUnreviewedLeases = (tx: Transaction, hours: number): Promise<LeaseSubject[]> =>
	ofLeases(
		tx,
		sql`where l.reviewed_at is null and l.activated_at is not null and l.ended_at < clock_timestamp() - ${hours} * interval '1 hour'`,
	);

/** Process runs, named as by processRunName(), with more missing entries than `rule` has reported. Longest known first. */
export async function selectUnreportedGaps(tx: Transaction, rule: string): Promise<{ run: string; missing: string }[]> {
	const { rows } = await tx.execute(sql`
		select g.run, g.missing::text as missing
		from (
			select regexp_replace(role::text, '[^A-Za-z0-9_-]', '_', 'g') || ':' || boot as run, sum(last - first + 1) as missing, min(seen_at) as seen
			from public.audit_gaps group by 1
		) g
		left join public.alert_states s on s.rule = ${rule} and s.subject = g.run
		where s.mark is distinct from g.missing::text
		order by g.seen, g.run limit 100`);
	return rows as unknown as { run: string; missing: string }[];
}

/** Whether the latest checkpoint, or the oldest entry that is not yet a leaf, is older than `seconds`. False before the first checkpoint. */
export const isLogLate = (tx: Transaction, seconds: number): Promise<boolean> =>
	selectBoolean(
		tx,
		sql`
		select coalesce(least(c.created_at, (select e.appended_at from ${OLDEST_WAITING})) < clock_timestamp() - ${seconds} * interval '1 second', false) as late
		from public.audit_root_checkpoints c order by c.size desc limit 1`,
	);

/** Whether the webhook has failed to accept a message at least `attempts` times. */
export const isDeliveryFailing = (tx: Transaction, attempts: number): Promise<boolean> =>
	selectBoolean(
		tx,
		sql`
		select exists (select from public.webhook_deliveries where delivered_at is null and attempts >= ${attempts}) as failing`,
	);
