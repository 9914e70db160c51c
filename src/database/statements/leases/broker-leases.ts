import { and, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow } from '../../single-row.ts';
import { accessPolicies, firms, leaseApprovals, leases, memberships, operators, users } from '../../tables/index.ts';
import type { LeaseRow } from './leases.ts';

/** What the broker has to do about a lease. */
export type LeaseTask = 'DECIDE' | 'REVOKE' | 'EXPIRE' | 'EXHAUST' | 'LAPSE' | 'CLEAR';

export interface DueLease {
	readonly lease: string;
	readonly firm: string;
	readonly task: LeaseTask;
}

export interface DueLeasesQuery {
	/** Leases that the broker has activated, which have or had grants; false for the others, of which an operator's login can make many. */
	readonly wereActive: boolean;
	/** Leases to skip, because work on them is running or waits for a retry. */
	readonly except: readonly string[];
	/** Leases whose task has failed, which come after all others. */
	readonly failedBefore: readonly string[];
	readonly most: number;
}

/** A process that has committed an end mark waits at most the five seconds for which a lease can be held. After six, the process counts as dead. */
const ENDER_PRESUMED_DEAD = sql`interval '6 seconds'`;

/**
 * Leases that need work: first those that have not failed; among these, first those that wait for activation or an end, and then the oldest.
 * Reads only the first end mark of a lease.
 */
export async function selectDueLeases(
	tx: Transaction,
	{ wereActive, except, failedBefore, most }: DueLeasesQuery,
): Promise<readonly DueLease[]> {
	const { rows } = await tx.execute(sql`
		select lease, firm, task
		from (select l.id as lease, l.firm_id as firm, case
				when l.state not in ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE') then 'CLEAR'
				when l.state in ('REQUESTED', 'APPROVED')
					then case when clock_timestamp() >= l.requested_at + interval '24 hours' then 'LAPSE' end
				when e.ended_at >= clock_timestamp() - ${ENDER_PRESUMED_DEAD} then null
				when l.state = 'ACTIVE' and clock_timestamp() >= l.expires_at then 'EXPIRE'
				when l.state = 'ACTIVE' and b.used >= b.budget
					and greatest(b.used_at, b.kept_at) < clock_timestamp() - ${ENDER_PRESUMED_DEAD} then 'EXHAUST'
				when e.ended_at is not null then 'REVOKE'
				when l.state = 'ACTIVATING' then 'DECIDE'
			end as task
			from public.leases l
			left join lateral (select min(m.ended_at) as ended_at from public.lease_ends m where m.lease_id = l.id) e on true
			left join public.lease_budgets b on b.lease_id = l.id
			where l.cleared_at is null and l.activated_at is ${wereActive ? sql`not null` : sql`null`}
				and l.id <> all (${sql.param([...except])}::uuid[])) due
		where task is not null
		order by lease = any (${sql.param([...failedBefore])}::uuid[]), task not in ('DECIDE', 'REVOKE'), lease limit ${most}`);
	return rows as unknown as DueLease[];
}

/** Time of the first end mark; null without one. min() reads one index entry, where `exists` could make PostgreSQL scan all marks. */
const markedAt = sql`(select min(e.ended_at) from public.lease_ends e where e.lease_id = ${leases.id})`;

/** In use, and not expired for longer than its end takes. */
const isInUse = sql`${leases.state} in ('ACTIVATING', 'ACTIVE')
	and (${leases.expiresAt} is null or ${leases.expiresAt} >= clock_timestamp() - ${ENDER_PRESUMED_DEAD})`;

/** Leases of a firm, or of all, that may have grants according to the database. Leaves out leases that are being ended. */
export const selectLeasesInUse = (tx: Transaction, firm?: string): Promise<LeaseRow[]> =>
	tx
		.select()
		.from(leases)
		.where(and(sql`${isInUse} and ${markedAt} is null`, firm === undefined ? undefined : eq(leases.firmId, firm)));

/** A lease that may have grants now, also while it is being ended, for as long as that may take. */
export function selectGrantedLease(tx: Transaction, id: string): Promise<LeaseRow | null> {
	const isEndedLongAgo = sql`coalesce(${markedAt} < clock_timestamp() - ${ENDER_PRESUMED_DEAD}, false)`;
	return firstRow(
		tx
			.select()
			.from(leases)
			.where(and(eq(leases.id, id), sql`${isInUse} and not ${isEndedLongAgo}`)),
	);
}

const ofAccount = {
	user: users.id,
	person: users.personId,
	issuer: users.issuer,
	subject: users.subject,
	disabledAt: users.disabledAt,
};

const selectApprovers = (tx: Transaction, lease: string) =>
	tx
		.select({ approval: leaseApprovals, account: ofAccount, operator: operators, membership: memberships })
		.from(leaseApprovals)
		.innerJoin(users, eq(users.id, leaseApprovals.userId))
		.leftJoin(operators, eq(operators.userId, leaseApprovals.userId))
		.leftJoin(
			memberships,
			and(eq(memberships.userId, leaseApprovals.userId), eq(memberships.firmId, leaseApprovals.firmId)),
		)
		.where(eq(leaseApprovals.leaseId, lease));

const selectRequest = (tx: Transaction, lease: string) =>
	tx
		.select({
			lease: leases,
			firmStatus: firms.status,
			policy: accessPolicies,
			account: ofAccount,
			operator: operators,
			isEnded: sql<boolean>`${markedAt} is not null`,
			isClockSound: sql<boolean>`public.is_clock_sound()`,
			now: sql`clock_timestamp()`.mapWith(leases.requestedAt),
		})
		.from(leases)
		.innerJoin(firms, eq(firms.id, leases.firmId))
		.innerJoin(users, eq(users.id, leases.requestedBy))
		.leftJoin(accessPolicies, eq(accessPolicies.firmId, leases.firmId))
		.leftJoin(operators, eq(operators.userId, leases.requestedBy))
		.where(eq(leases.id, lease));

type Request = Awaited<ReturnType<typeof selectRequest>>[number];
export type Approver = Awaited<ReturnType<typeof selectApprovers>>[number];

/** The rows on which a lease depends. None of them is proven yet. */
export interface LeaseEvidence extends Request {
	readonly approvers: readonly Approver[];
}

export async function selectLeaseEvidence(tx: Transaction, lease: string): Promise<LeaseEvidence | null> {
	const [request] = await selectRequest(tx, lease);
	if (!request) return null;
	return { ...request, approvers: await selectApprovers(tx, lease) };
}

/** Moves a lease to ACTIVE. The transaction must have locked it; only the broker's role may do this. */
export async function startLease(
	tx: Transaction,
	lease: string,
	activation: { readonly activatedAt: Date; readonly expiresAt: Date; readonly activationMac: Uint8Array },
): Promise<void> {
	await tx
		.update(leases)
		.set({ state: 'ACTIVE', actedBy: null, ...activation })
		.where(eq(leases.id, lease));
}

/** Records that no grant of a lease is left. The transaction must have locked the lease. */
export async function markLeaseCleared(tx: Transaction, lease: string): Promise<void> {
	await tx.update(leases).set({ clearedAt: sql`clock_timestamp()` }).where(eq(leases.id, lease));
}

export interface LateLeases {
	/** Have waited for a broker for more than a minute. */
	readonly undecided: number;
	/** Ended more than two minutes ago and may still have grants. */
	readonly uncleared: number;
}

/** Leases that a running broker would have handled. For the operator's role, which sees when a lease was moved. */
export async function selectLateLeases(tx: Transaction): Promise<LateLeases> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select
			count(*) filter (where l.state = 'ACTIVATING' and exists (
				select from public.lease_events e where e.lease_id = l.id and e.to_state = 'ACTIVATING'
					and e.at < clock_timestamp() - interval '1 minute'))::int as undecided,
			count(*) filter (where l.ended_at < clock_timestamp() - interval '2 minutes')::int as uncleared
		from public.leases l where l.cleared_at is null`);
	return row as unknown as LateLeases;
}
