import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';

/** Which entries are looked at: those that were committed after `seen` and before `until`, from a place on. Snapshots of PostgreSQL, as text. */
export interface AlertWatch {
	readonly seen: string;
	readonly until: string;
	/** A part of it was looked at before. */
	readonly isBegun: boolean;
	/** The last entry between the two that was looked at. */
	readonly after: { readonly transaction: string; readonly entry: string };
}

const BEGINNING = { transaction: '0', entry: '00000000-0000-0000-0000-000000000000' } as const;

/**
 * Takes the watch until the end of the transaction; null: somebody else has it. Snapshots and not the lowest transaction that runs:
 * whoever leaves one open would keep everything that is committed after it from being looked at. A snapshot that is ahead of
 * the server is of another server, from which the database was restored: it goes on from now.
 */
export async function claimAlertWatch(tx: Transaction): Promise<AlertWatch | null> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select seen::text, until::text, after_transaction::text as transaction, after_entry as entry, pg_current_snapshot()::text as now,
			greatest(pg_snapshot_xmax(seen), pg_snapshot_xmax(until)) > pg_snapshot_xmax(pg_current_snapshot()) as "isForeign"
		from public.alert_watch where id = 1 for update skip locked`);
	if (!row) return null;
	const now = row.now as string;
	if (row.isForeign === true) {
		await moveAlertWatch(tx, { seen: now, until: null, after: BEGINNING });
		return { seen: now, until: now, isBegun: false, after: BEGINNING };
	}
	const after = { transaction: row.transaction as string, entry: row.entry as string };
	const until = row.until as string | null;
	return { seen: row.seen as string, until: until ?? now, isBegun: until !== null, after };
}

/** Goes on after this entry, or, null, after everything up to `until`. */
export const advanceAlertWatch = (
	tx: Transaction,
	{ seen, until }: AlertWatch,
	last: AlertWatch['after'] | null,
): Promise<void> =>
	moveAlertWatch(tx, last ? { seen, until, after: last } : { seen: until, until: null, after: BEGINNING });

async function moveAlertWatch(
	tx: Transaction,
	{ seen, until, after }: Omit<AlertWatch, 'until' | 'isBegun'> & { readonly until: string | null },
): Promise<void> {
	await tx.execute(sql`
		update public.alert_watch set seen = ${seen}::pg_snapshot, until = ${until}::pg_snapshot,
			after_transaction = ${after.transaction}::xid8, after_entry = ${after.entry} where id = 1`);
}

export interface WatchedEntry {
	readonly id: string;
	readonly transaction: string;
	readonly leaf: string;
	/** By the database's clock, in milliseconds since 1970. */
	readonly at: number;
}

/** Entries of the watch, `most` at most. */
export async function selectWatchedEntries(
	tx: Transaction,
	{ seen, until, after }: AlertWatch,
	most: number,
): Promise<WatchedEntry[]> {
	const isIn = (snapshot: string): SQL => sql`pg_visible_in_snapshot(e.transaction, ${snapshot}::pg_snapshot)`;
	const { rows } = await tx.execute(sql`
		select e.id, e.transaction::text as transaction, e.leaf, extract(epoch from e.appended_at) * 1000 as at
		from public.audit_entries e
		where e.transaction >= pg_snapshot_xmin(${seen}::pg_snapshot) and not ${isIn(seen)} and ${isIn(until)}
			and (e.transaction, e.id) > (${after.transaction}::xid8, ${after.entry}::uuid)
		order by e.transaction, e.id limit ${most}`);
	return rows.map((row) => ({
		id: row.id as string,
		transaction: row.transaction as string,
		leaf: row.leaf as string,
		at: Number(row.at),
	}));
}
