import { sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';
import { alertTallies } from '../tables/index.ts';
import { deleteRows } from './delete-rows.ts';

export type AlertTally = typeof alertTallies.$inferInsert;

/** Adds up what was counted; each (rule, subject, bucket, item) once in `rows`. */
export async function addAlertTallies(tx: Transaction, rows: readonly AlertTally[]): Promise<void> {
	const column = <T>(pick: (row: AlertTally) => T) => sql.param(rows.map(pick));
	await tx.execute(sql`
		insert into public.alert_tallies as t (rule, subject, bucket, item, amount)
		select * from unnest(
			${column(({ rule }) => rule)}::text[], ${column(({ subject }) => subject)}::text[],
			${column(({ bucket }) => bucket.toISOString())}::timestamptz[], ${column(({ item }) => item)}::text[],
			${column(({ amount }) => amount)}::bigint[]
		) order by 1, 2, 3, 4
		on conflict (rule, subject, bucket, item) do update set amount = t.amount + excluded.amount`);
}

/** What was counted anew of a subject, by the first and the last bucket. */
export interface TouchedTally {
	readonly rule: string;
	readonly subject: string;
	readonly first: Date;
	readonly last: Date;
	/** Seconds. */
	readonly window: number;
	/** Marks a part of the sum. */
	readonly part: string;
}

export interface AlertWindow {
	readonly rule: string;
	readonly subject: string;
	/** The window's last bucket. */
	readonly end: Date;
	readonly sum: number;
	/** Of the items that are the part. */
	readonly partOfSum: number;
	/** Different items. */
	readonly items: number;
}

/**
 * Every window that holds something of what was counted anew: those that end with it, and those that end with what was counted before
 * though it happened later.
 */
export async function selectAlertWindows(tx: Transaction, touched: readonly TouchedTally[]): Promise<AlertWindow[]> {
	const column = <T>(pick: (row: TouchedTally) => T) => sql.param(touched.map(pick));
	const { rows } = await tx.execute(sql`
		select n.rule, n.subject, extract(epoch from e.bucket) * 1000 as end, w.sum::text, w.part::text as "partOfSum", w.items::text
		from unnest(
			${column(({ rule }) => rule)}::text[], ${column(({ subject }) => subject)}::text[],
			${column(({ first }) => first.toISOString())}::timestamptz[], ${column(({ last }) => last.toISOString())}::timestamptz[],
			${column(({ window }) => window)}::integer[], ${column(({ part }) => part)}::text[]
		) as n (rule, subject, first, last, seconds, part)
		cross join lateral (
			select distinct t.bucket from public.alert_tallies t
			where t.rule = n.rule and t.subject = n.subject
				and t.bucket >= n.first and t.bucket < n.last + n.seconds * interval '1 second'
		) e
		cross join lateral (
			select coalesce(sum(t.amount), 0) as sum, coalesce(sum(t.amount) filter (where t.item = n.part), 0) as part,
				count(distinct t.item) as items
			from public.alert_tallies t
			where t.rule = n.rule and t.subject = n.subject
				and t.bucket > e.bucket - n.seconds * interval '1 second' and t.bucket <= e.bucket
		) w`);
	return rows.map((row) => ({
		rule: row.rule as string,
		subject: row.subject as string,
		end: new Date(Number(row.end)),
		sum: Number(row.sum),
		partOfSum: Number(row.partOfSum),
		items: Number(row.items),
	}));
}

/** The median of a subject's buckets in the `days` before; 0 when there are none. */
export async function selectMedianTally(
	tx: Transaction,
	{ rule, subject, end }: Pick<AlertWindow, 'rule' | 'subject' | 'end'>,
	days: number,
): Promise<number> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select coalesce(percentile_cont(0.5) within group (order by of_bucket.sum), 0)::text as median from (
			select sum(amount) as sum from public.alert_tallies
			where rule = ${rule} and subject = ${subject} and bucket < ${end.toISOString()}::timestamptz
				and bucket >= ${end.toISOString()}::timestamptz - ${days} * interval '1 day'
			group by bucket
		) of_bucket`);
	return Number(row?.median);
}

/** What no window of the rule reaches any more. */
export async function deleteOldAlertTallies(tx: Transaction, rule: string, seconds: number): Promise<void> {
	await deleteRows(
		tx,
		alertTallies,
		sql`rule = ${rule} and bucket < clock_timestamp() - ${seconds} * interval '1 second'`,
	);
}
