import { sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { selectNumber } from '../../single-row.ts';
import { alertTallies } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

export type AlertTally = typeof alertTallies.$inferInsert & {
	/** Maximum number of different items that the bucket remembers; null for no limit. */
	readonly most: number | null;
};

/** Adds amounts to the tallies. `rows` holds each (rule, subject, bucket, item) once. */
export async function addAlertTallies(tx: Transaction, rows: readonly AlertTally[]): Promise<void> {
	const column = <T>(pick: (row: AlertTally) => T) => sql.param(rows.map(pick));
	await tx.execute(sql`
		with n as (
			select n.*, t.item is not null as known,
				row_number() over (partition by n.rule, n.subject, n.bucket, t.item is not null order by n.item) as place
			from unnest(
				${column(({ rule }) => rule)}::text[], ${column(({ subject }) => subject)}::text[],
				${column(({ bucket }) => bucket.toISOString())}::timestamptz[], ${column(({ item }) => item)}::text[],
				${column(({ amount }) => amount)}::bigint[], ${column(({ most }) => most)}::integer[]
			) as n (rule, subject, bucket, item, amount, most)
			left join public.alert_tallies t using (rule, subject, bucket, item)
		), held as (
			select b.*, (select count(*) from public.alert_tallies t where (t.rule, t.subject, t.bucket) = (b.rule, b.subject, b.bucket)) as items
			from (select distinct rule, subject, bucket from n where most is not null) b
		)
		insert into public.alert_tallies as t (rule, subject, bucket, item, amount)
		select n.rule, n.subject, n.bucket, n.item, n.amount from n left join held using (rule, subject, bucket)
		where n.known or n.most is null or n.place + held.items <= n.most
		order by 1, 2, 3, 4
		on conflict (rule, subject, bucket, item) do update set amount = t.amount + excluded.amount`);
}

/** A subject whose tallies changed, with the first and the last changed bucket. */
export interface UpdatedTally {
	readonly rule: string;
	readonly subject: string;
	readonly first: Date;
	readonly last: Date;
	/** Seconds. */
	readonly window: number;
	/** The item whose amounts are also summed separately. */
	readonly part: string;
	/** Which windows to return: the one with the most items, the one with the greatest sum, or all. */
	readonly wanted: 'ITEMS' | 'SUM' | 'EACH';
}

export interface AlertWindow {
	readonly rule: string;
	readonly subject: string;
	/** The window's last bucket. */
	readonly end: Date;
	readonly sum: number;
	/** Sum of the item `part` alone. */
	readonly partOfSum: number;
	/** Number of different items. */
	readonly items: number;
}

/**
 * Every window that contains a changed tally: windows that end with one, and windows that end with a later tally that was counted before. One
 * pass computes them all, because their number must not multiply the rows of each: a tally enters the sum at its bucket and leaves it a window
 * later; an item leaves the count earlier if it occurs again.
 */
export async function selectAlertWindows(tx: Transaction, touched: readonly UpdatedTally[]): Promise<AlertWindow[]> {
	const column = <T>(pick: (row: UpdatedTally) => T) => sql.param(touched.map(pick));
	const { rows } = await tx.execute(sql`
		with n as (
			select rule, subject, first, last, seconds * interval '1 second' as length, part, wanted from unnest(
				${column(({ rule }) => rule)}::text[], ${column(({ subject }) => subject)}::text[],
				${column(({ first }) => first.toISOString())}::timestamptz[], ${column(({ last }) => last.toISOString())}::timestamptz[],
				${column(({ window }) => window)}::integer[], ${column(({ part }) => part)}::text[], ${column(({ wanted }) => wanted)}::text[]
			) as n (rule, subject, first, last, seconds, part, wanted)
		), tally as (
			select n.rule, n.subject, t.bucket, t.amount, case when t.item = n.part then t.amount else 0 end as part, n.length,
				lead(t.bucket) over (partition by n.rule, n.subject, t.item order by t.bucket) as again
			from n join public.alert_tallies t on t.rule = n.rule and t.subject = n.subject
				and t.bucket > n.first - n.length and t.bucket < n.last + n.length
		), step as (
			select rule, subject, bucket as at, true as ends, amount, part, 1 as item from tally
			union all select rule, subject, bucket + length, false, -amount, -part, 0 from tally
			union all select rule, subject, least(again, bucket + length), false, 0, 0, -1 from tally
		), held as (
			select rule, subject, at, bool_or(ends) as ends, sum(sum(amount)) over so_far as sum, sum(sum(part)) over so_far as part,
				sum(sum(item)) over so_far as items
			from step group by rule, subject, at
			window so_far as (partition by rule, subject order by at)
		)
		select distinct on (h.rule, h.subject, case when n.wanted = 'EACH' then h.at end)
			h.rule, h.subject, extract(epoch from h.at) * 1000 as end, h.sum::text, h.part::text as "partOfSum", h.items::text
		from held h join n using (rule, subject)
		where h.ends and h.at >= n.first and h.at < n.last + n.length
		order by h.rule, h.subject, case when n.wanted = 'EACH' then h.at end, case when n.wanted = 'ITEMS' then h.items else h.sum end desc, h.at`);
	return rows.map((row) => ({
		rule: row.rule as string,
		subject: row.subject as string,
		end: new Date(Number(row.end)),
		sum: Number(row.sum),
		partOfSum: Number(row.partOfSum),
		items: Number(row.items),
	}));
}

/** The median of a subject's buckets in the `days` before `end`; 0 without any. */
export const selectMedianTally = (
	tx: Transaction,
	{ rule, subject, end }: Pick<AlertWindow, 'rule' | 'subject' | 'end'>,
	days: number,
): Promise<number> =>
	selectNumber(
		tx,
		sql`
		select coalesce(percentile_cont(0.5) within group (order by of_bucket.sum), 0)::text as median from (
			select sum(amount) as sum from public.alert_tallies
			where rule = ${rule} and subject = ${subject} and bucket < ${end.toISOString()}::timestamptz
				and bucket >= ${end.toISOString()}::timestamptz - ${days} * interval '1 day'
			group by bucket
		) of_bucket`,
	);

/** Deletes tallies that no window of the rule can reach any more. */
export async function deleteOldAlertTallies(tx: Transaction, rule: string, seconds: number): Promise<void> {
	await deleteRows(
		tx,
		alertTallies,
		sql`rule = ${rule} and bucket < clock_timestamp() - ${seconds} * interval '1 second'`,
	);
}
