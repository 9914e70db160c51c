import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { firstRow } from '../../single-row.ts';
import { alerts } from '../../tables/index.ts';

export type AlertRow = typeof alerts.$inferSelect;

/** An occurrence that opens an alert or is counted by the open one. */
export type NewAlert = Pick<
	AlertRow,
	'id' | 'rule' | 'severity' | 'firmId' | 'subject' | 'actorId' | 'leaseId' | 'count'
> & {
	/** What an alert that is already open adds to its count. */
	readonly more: number;
	/** When it happened; null for now. */
	readonly lastAt: Date | null;
};

/** Maximum of the SQL type `integer`. */
const MAX_COUNT = 2_147_483_647;

/** Prefix of the subject of an alert that is opened beside a locked one; its id follows. */
const HELD_SUBJECT = sql`left(n.subject, 158) || ':held:'`;

/**
 * Opens alerts, or counts them on the ones that are open. `rows` holds each rule and subject once. Returns the ids of newly opened alerts. Never
 * waits for a session that locks an alert's row, to acknowledge it or to suppress others: the occurrence is then counted by an alert beside it,
 * with the subject `SUBJECT:held:ID`, or opens such an alert.
 */
export async function openOrCountAlerts(tx: Transaction, rows: readonly NewAlert[]): Promise<Set<string>> {
	const column = <T>(pick: (row: NewAlert) => T) => sql.param(rows.map(pick));
	const counted = (pick: (row: NewAlert) => number) => column((row) => Math.min(pick(row), MAX_COUNT));
	const { rows: written } = await tx.execute(sql`
		with n as (
			select n.*, ${HELD_SUBJECT} as beside, exists (
				select from public.alerts a where (a.rule, a.subject) = (n.rule, n.subject) and a.acknowledged_at is null
			) as is_open
			from unnest(
				${column(({ id }) => id)}::uuid[], ${column(({ rule }) => rule)}::text[], ${column(({ severity }) => severity)}::text[],
				${column(({ firmId }) => firmId)}::uuid[], ${column(({ subject }) => subject)}::text[],
				${column(({ actorId }) => actorId)}::uuid[], ${column(({ leaseId }) => leaseId)}::uuid[],
				${counted(({ count }) => count)}::integer[], ${counted(({ more }) => more)}::integer[],
				${column(({ lastAt }) => lastAt?.toISOString() ?? null)}::timestamptz[]
			) as n (id, rule, severity, firm_id, subject, actor_id, lease_id, count, more, last_at)
		), free as (
			select a.id, n.id as new from public.alerts a join n using (rule, subject) where a.acknowledged_at is null
			order by a.id for no key update of a skip locked
		), held as (
			select n.* from n where n.is_open and n.id not in (select new from free)
		), free_beside as (
			select a.id, h.id as new from held h join public.alerts a on a.rule = h.rule and starts_with(a.subject, h.beside)
			where a.acknowledged_at is null order by a.id for no key update of a skip locked
		), counting as (
			select id, new from free union all select min(id::text)::uuid, new from free_beside group by new
		), counted as (
			update public.alerts a set count = least(a.count::bigint + n.more, ${MAX_COUNT}),
				last_at = greatest(a.last_at, coalesce(n.last_at, clock_timestamp()))
			from counting c join n on n.id = c.new where a.id = c.id
		)
		insert into public.alerts (id, rule, severity, firm_id, subject, actor_id, lease_id, count, last_at)
		select id, rule, severity, firm_id, case when is_open then beside || id else subject end,
			actor_id, lease_id, count, coalesce(last_at, clock_timestamp()) from n
		where id not in (select new from counting)
		order by rule, subject
		on conflict do nothing
		returning id`);
	return new Set(written.map(({ id }) => id as string));
}

/** Null does not filter. */
export interface AlertRowFilter {
	readonly rule: string | null;
	readonly severity: AlertRow['severity'] | null;
	readonly isAcknowledged: boolean | null;
	readonly firmId: string | null;
}

const matching = ({ rule, severity, isAcknowledged, firmId }: AlertRowFilter): SQL | undefined =>
	and(
		rule === null ? undefined : eq(alerts.rule, rule),
		severity === null ? undefined : eq(alerts.severity, severity),
		isAcknowledged === null
			? undefined
			: isAcknowledged
				? isNotNull(alerts.acknowledgedAt)
				: isNull(alerts.acknowledgedAt),
		firmId === null ? undefined : eq(alerts.firmId, firmId),
	);

export async function selectAlerts(tx: Transaction, filter: AlertRowFilter, page: KeysetPage): Promise<Page<AlertRow>> {
	const rows = await tx
		.select()
		.from(alerts)
		.where(and(matching(filter), ...withinPage(page)))
		.orderBy(...orderOfPage(page))
		.limit(page.limit + 1);
	return trimToPage(page, rows);
}

export const countAlerts = (tx: Transaction, filter: AlertRowFilter): Promise<number> =>
	tx.$count(alerts, matching(filter));

export const selectAlert = (tx: Transaction, id: string): Promise<AlertRow | null> =>
	firstRow(tx.select().from(alerts).where(eq(alerts.id, id)));

/** Locks an alert until the end of the transaction; null if it does not exist. */
export const lockAlert = (tx: Transaction, id: string): Promise<AlertRow | null> =>
	firstRow(tx.select().from(alerts).where(eq(alerts.id, id)).for('no key update'));

/** The transaction must have locked the alert. A trigger sets the time and may refuse. */
export async function setAlertAcknowledged(tx: Transaction, id: string, acknowledgedBy: string): Promise<AlertRow> {
	const [row] = await tx.update(alerts).set({ acknowledgedBy }).where(eq(alerts.id, id)).returning();
	if (!row) throw new Error('A locked alert does not exist.');
	return row;
}

/** The fields of an alert that the webhook receives. */
export type AlertMessageRow = Pick<
	AlertRow,
	'id' | 'rule' | 'severity' | 'firmId' | 'actorId' | 'leaseId' | 'count' | 'openedAt' | 'lastAt'
>;

export const selectAlertsToSend = (tx: Transaction, ids: readonly string[]): Promise<AlertMessageRow[]> =>
	tx
		.select({
			id: alerts.id,
			rule: alerts.rule,
			severity: alerts.severity,
			firmId: alerts.firmId,
			actorId: alerts.actorId,
			leaseId: alerts.leaseId,
			count: alerts.count,
			openedAt: alerts.openedAt,
			lastAt: alerts.lastAt,
		})
		.from(alerts)
		.where(inArray(alerts.id, [...ids]));
