import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { alerts } from '../../tables/index.ts';

export type AlertRow = typeof alerts.$inferSelect;

/** Something that an alert tells: it opens one, or is counted by the one that is open. */
export type NewAlert = Pick<
	AlertRow,
	'id' | 'rule' | 'severity' | 'firmId' | 'subject' | 'actorId' | 'leaseId' | 'count'
> & {
	/** How much an alert that is open already is to count more. */
	readonly more: number;
	/** When it happened; null: now. */
	readonly lastAt: Date | null;
};

/** What a count of the table can be at most. */
const MAX_COUNT = 2_147_483_647;

/** With what the subject begins of an alert that is open beside one that is held; an id comes after it. */
const HELD_SUBJECT = sql`left(n.subject, 158) || ':held:'`;

/**
 * Each rule and subject once in `rows`. Answers the ids of those that are open since now; the others are counted by an open one. Where
 * someone holds its row, to acknowledge it or to keep others from being told, no one waits: it is counted by one that was opened beside it,
 * `SUBJECT:held:ID`, or opens another, whose subject no other row has.
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

/** Which alerts are listed; null: whatever it is. */
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

export async function countAlerts(tx: Transaction, filter: AlertRowFilter): Promise<number> {
	const [row] = await tx.select({ count: sql<number>`count(*)::int` }).from(alerts).where(matching(filter));
	return row?.count ?? 0;
}

export async function selectAlert(tx: Transaction, id: string): Promise<AlertRow | null> {
	const [row] = await tx.select().from(alerts).where(eq(alerts.id, id));
	return row ?? null;
}

/** Keeps an alert as it is until the end of the transaction; null: there is none. */
export async function lockAlert(tx: Transaction, id: string): Promise<AlertRow | null> {
	const [row] = await tx.select().from(alerts).where(eq(alerts.id, id)).for('no key update');
	return row ?? null;
}

/** Of an alert that the transaction has locked; the database stamps the time, and has the last word. */
export async function setAlertAcknowledged(tx: Transaction, id: string, acknowledgedBy: string): Promise<AlertRow> {
	const [row] = await tx.update(alerts).set({ acknowledgedBy }).where(eq(alerts.id, id)).returning();
	if (!row) throw new Error('An alert that was locked is not there.');
	return row;
}

/** What is told of alerts to the outside. */
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
