import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { selectBoolean } from '../../single-row.ts';

/** The range of log entries to check: committed after `seen` and before `until`, which are PostgreSQL snapshots as text. */
export interface AlertWatch {
	readonly seen: string;
	readonly until: string;
	/** Whether a part of the range has been checked. */
	readonly isPartlyChecked: boolean;
	/** Whether the time of the last complete check must be recorded again. */
	readonly isCheckTimeOld: boolean;
	/** The last checked entry of the range. */
	readonly after: { readonly transaction: string; readonly entry: string };
}

const BEGINNING = { transaction: '0', entry: '00000000-0000-0000-0000-000000000000' } as const;

/**
 * Locks the watch until the end of the transaction; null if another session holds it. Uses snapshots and not the lowest running transaction,
 * because one open transaction would otherwise delay the check of everything committed after it. A snapshot ahead of the server comes from
 * another server, from which the database was restored: the watch then continues from now.
 */
export async function claimAlertWatch(tx: Transaction): Promise<AlertWatch | null> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select seen::text, until::text, after_transaction::text as transaction, after_entry as entry, pg_current_snapshot()::text as now,
			coalesce(looked_at < clock_timestamp() - interval '1 minute', true) as "isCheckTimeOld",
			greatest(pg_snapshot_xmax(seen), pg_snapshot_xmax(until)) > pg_snapshot_xmax(pg_current_snapshot()) as "isForeign"
		from public.alert_watch where id = 1 for update skip locked`);
	if (!row) return null;
	const now = row.now as string;
	const isCheckTimeOld = row.isCheckTimeOld === true;
	if (row.isForeign === true) {
		await setAlertWatch(tx, { seen: now, until: null, after: BEGINNING });
		return { seen: now, until: now, isPartlyChecked: false, isCheckTimeOld, after: BEGINNING };
	}
	const after = { transaction: row.transaction as string, entry: row.entry as string };
	const until = row.until as string | null;
	return { seen: row.seen as string, until: until ?? now, isPartlyChecked: until !== null, isCheckTimeOld, after };
}

/** Continues after this entry, or, if `last` is null, after the whole range. */
export const advanceAlertWatch = (
	tx: Transaction,
	{ seen, until }: AlertWatch,
	last: AlertWatch['after'] | null,
): Promise<void> =>
	setAlertWatch(tx, last ? { seen, until, after: last } : { seen: until, until: null, after: BEGINNING });

async function setAlertWatch(
	tx: Transaction,
	{
		seen,
		until,
		after,
	}: Omit<AlertWatch, 'until' | 'isPartlyChecked' | 'isCheckTimeOld'> & { readonly until: string | null },
): Promise<void> {
	await tx.execute(sql`
		update public.alert_watch set seen = ${seen}::pg_snapshot, until = ${until}::pg_snapshot,
			after_transaction = ${after.transaction}::xid8, after_entry = ${after.entry},
			looked_at = case when ${until === null} then clock_timestamp() else looked_at end
		where id = 1`);
}

export interface WatchedEntry {
	readonly id: string;
	readonly transaction: string;
	readonly leaf: string;
	/** The plane whose login appended it. */
	readonly role: string;
	/** By the database's clock, in milliseconds since 1970. */
	readonly at: number;
}

export interface WatchedEntries {
	readonly entries: readonly WatchedEntry[];
	/** Whether the range holds further entries. */
	readonly more: boolean;
}

/** Limits of one page. An entry with more bytes is a page of its own. */
export interface WatchBounds {
	readonly entries: number;
	readonly bytes: number;
}

const isIn = (snapshot: SQL): SQL => sql`pg_visible_in_snapshot(e.transaction, ${snapshot})`;

export async function selectWatchedEntries(
	tx: Transaction,
	{ seen, until, after }: AlertWatch,
	most: WatchBounds,
): Promise<WatchedEntries> {
	const { rows } = await tx.execute(sql`
		select n.id, n.transaction::text as transaction, n.leaf, n.role::text as role, extract(epoch from n.appended_at) * 1000 as at, n.found::integer
		from (
			select e.*, count(*) over () as found, sum(octet_length(e.leaf)) over (order by e.transaction, e.id) - octet_length(e.leaf) as before
			from (
				select e.id, e.transaction, e.leaf, e.role, e.appended_at from public.audit_entries e
				where e.transaction >= pg_snapshot_xmin(${seen}::pg_snapshot)
					and not ${isIn(sql`${seen}::pg_snapshot`)} and ${isIn(sql`${until}::pg_snapshot`)}
					and (e.transaction, e.id) > (${after.transaction}::xid8, ${after.entry}::uuid)
				order by e.transaction, e.id limit ${most.entries}
			) e
		) n
		where n.before < ${most.bytes} order by n.transaction, n.id`);
	const found = Number(rows[0]?.found ?? 0);
	return {
		entries: rows.map((row) => ({
			id: row.id as string,
			transaction: row.transaction as string,
			leaf: row.leaf as string,
			role: row.role as string,
			at: Number(row.at),
		})),
		more: found === most.entries || rows.length < found,
	};
}

/** Whether unchecked entries exist and the last complete check is more than `seconds` ago. False before the first check. */
export const isAlertWatchLate = (tx: Transaction, seconds: number): Promise<boolean> =>
	selectBoolean(
		tx,
		sql`
		select exists (
			select from public.audit_entries e
			where e.transaction >= pg_snapshot_xmin(w.seen) and not ${isIn(sql`w.seen`)}
				and not coalesce((e.transaction, e.id) <= (w.after_transaction, w.after_entry) and ${isIn(sql`w.until`)}, false)
		) as late
		from public.alert_watch w where w.looked_at < clock_timestamp() - ${seconds} * interval '1 second'`,
	);
