import { inArray, type SQL, sql } from 'drizzle-orm';
import type { FirmOwnedTable } from '../../firm-owned.ts';
import type { Transaction } from '../../plane.ts';
import { selectValue } from '../../single-row.ts';
import { type EVENT_KINDS, events } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

export interface EventRow {
	readonly firmId: string;
	readonly kind: (typeof EVENT_KINDS)[number];
	readonly subject: string;
	/** Null for RESYNC. */
	readonly recordId: string | null;
}

/** Events that one read returns at most. A reader who gets this many may have missed some. */
export const MAX_EVENTS = 1_000;
/** Rows that one statement deletes at most. */
const MAX_DELETED = 10_000;

/**
 * A reader's position is a PostgreSQL snapshot, as text: an event is new if its transaction is not in the snapshot. So an event that commits late
 * is not missed, and one open transaction delays no other event. A snapshot ahead of the server comes from another server, from which the database
 * was restored.
 */
export const selectEventPosition = async (tx: Transaction): Promise<string> =>
	(await selectValue(tx, sql`select pg_current_snapshot()::text`)) as string;

const isForeign = (since: string): SQL =>
	sql`pg_snapshot_xmax(${since}::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot())`;

/** `until`: the end of the range; the present if it is left out. */
const eventsSince = (since: string, until?: string): SQL => sql`
	select distinct e.firm_id as "firmId", e.kind, e.subject, e.record_id as "recordId" from public.events e
	where e.transaction >= pg_snapshot_xmin(${since}::pg_snapshot) and not pg_visible_in_snapshot(e.transaction, ${since}::pg_snapshot)
		${until === undefined ? sql`` : sql`and pg_visible_in_snapshot(e.transaction, ${until}::pg_snapshot)`}
	limit ${MAX_EVENTS}`;

export interface NewEvents {
	/** The position after these events. */
	readonly now: string;
	/** Whether the position before was of another server, so that events may be missing. */
	readonly isForeign: boolean;
	readonly events: readonly EventRow[];
}

/** New events of all firms, for the operators' plane. */
export async function selectNewEvents(tx: Transaction, since: string): Promise<NewEvents> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select pg_current_snapshot()::text as now, ${isForeign(since)} as "isForeign",
			coalesce((select json_agg(e) from (${eventsSince(since)}) e), '[]') as events`);
	return row as unknown as NewEvents;
}

/** Which of these firms have new events, for the firms' plane. */
export async function selectFirmsWithEvents(
	tx: Transaction,
	since: string,
	firms: readonly string[],
): Promise<Omit<NewEvents, 'events'> & { readonly firms: readonly string[] }> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select pg_current_snapshot()::text as now, ${isForeign(since)} as "isForeign",
			array(select public.firms_with_events(${since}::pg_snapshot, ${sql.param([...firms])}::uuid[]))::text[] as firms`);
	return row as unknown as Omit<NewEvents, 'events'> & { readonly firms: readonly string[] };
}

/** The events that the transaction's firm got between two positions. */
export async function selectEventsBetween(tx: Transaction, since: string, until: string): Promise<readonly EventRow[]> {
	return (await tx.execute(eventsSince(since, until))).rows as unknown as EventRow[];
}

/** The ids among these that the transaction's role sees, with those of tombstones. */
export async function selectVisibleIds(
	tx: Transaction,
	table: FirmOwnedTable,
	ids: readonly string[],
): Promise<ReadonlySet<string>> {
	const rows = await tx
		.select({ id: table.id })
		.from(table)
		.where(inArray(table.id, [...ids]));
	return new Set(rows.map(({ id }) => id as string));
}

/** The oldest transaction that may still be running. */
export const selectOldestTransaction = async (tx: Transaction): Promise<string> =>
	(await selectValue(tx, sql`select pg_snapshot_xmin(pg_current_snapshot())::text`)) as string;

/** Deletes events of earlier transactions. Returns whether there may be more. */
export async function deleteEventsBefore(tx: Transaction, transaction: string): Promise<boolean> {
	const old = sql`select o.ctid from public.events o where o.transaction < ${transaction}::xid8 limit ${MAX_DELETED}`;
	return (await deleteRows(tx, events, sql`ctid = any (array(${old}))`)) === MAX_DELETED;
}
