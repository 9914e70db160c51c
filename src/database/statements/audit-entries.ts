import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import { PLATFORM } from '../../keys/index.ts';
import { type KeysetPage, orderOfPage, type Page, toPage, withinPage } from '../keyset.ts';
import type { Transaction } from '../plane.ts';
import { auditEntries } from '../tables/index.ts';

/** What is read of an entry. */
export const auditEntryColumns = {
	id: auditEntries.id,
	firmId: auditEntries.firmId,
	leaf: auditEntries.leaf,
	transaction: auditEntries.transaction,
	role: auditEntries.role,
	boot: auditEntries.boot,
	sequence: auditEntries.sequence,
	appendedAt: auditEntries.appendedAt,
};

export type AuditEntryRow = Pick<typeof auditEntries.$inferSelect, keyof typeof auditEntryColumns>;

export interface NewAuditEntry {
	readonly id: string;
	readonly firm: string | null;
	readonly boot: string;
	readonly sequence: number;
	readonly leaf: string;
}

/** Inserts all rows, whatever their number. */
export function appendOf(rows: readonly NewAuditEntry[]): SQL {
	const column = <T>(pick: (row: NewAuditEntry) => T) => sql.param(rows.map(pick));
	return sql`
		insert into public.audit_entries (id, firm_id, boot, sequence, leaf)
		select * from unnest(
			${column((row) => row.id)}::uuid[], ${column((row) => row.firm)}::uuid[], ${column((row) => row.boot)}::uuid[],
			${column((row) => row.sequence)}::bigint[], ${column((row) => row.leaf)}::text[]
		)`;
}

export async function insertAuditEntries(tx: Transaction, rows: readonly NewAuditEntry[]): Promise<void> {
	await tx.execute(appendOf(rows));
}

export async function selectLastSequence(tx: Transaction, boot: string): Promise<number> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.last_audit_sequence(${boot})::text as last`);
	return Number(row?.last ?? 0);
}

/**
 * Entries below the snapshot's xmin: an entry that is not shown yet can only come after all that are, so a reader who goes
 * on from a cursor misses nothing. Only the list with the oldest first promises that; the newest are shown at once, since
 * a transaction that somebody leaves open must not hide them.
 */
const settled: SQL = sql`${auditEntries.transaction} < pg_snapshot_xmin(pg_current_snapshot())`;

/** null: of all. The platform's id: of no firm, its own keys among them. */
function ofFirm(firm: string | null): SQL | undefined {
	if (firm === null) return undefined;
	const own = eq(auditEntries.firmId, firm);
	return firm === PLATFORM ? or(own, isNull(auditEntries.firmId)) : own;
}

export async function selectAuditEntries(
	tx: Transaction,
	firm: string | null,
	page: KeysetPage,
): Promise<Page<AuditEntryRow>> {
	const rows = await tx
		.select(auditEntryColumns)
		.from(auditEntries)
		.where(and(ofFirm(firm), page.descending ? undefined : settled, ...withinPage(page)))
		.orderBy(...orderOfPage(page))
		.limit(page.limit + 1);
	return toPage(page, rows);
}

export async function selectAuditEntry(tx: Transaction, id: string): Promise<AuditEntryRow | null> {
	const [row] = await tx.select(auditEntryColumns).from(auditEntries).where(eq(auditEntries.id, id));
	return row ?? null;
}

/** `complete`: only those that the list with the oldest first shows. */
export async function countAuditEntries(tx: Transaction, firm: string | null, complete: boolean): Promise<number> {
	const [row] = await tx
		.select({ count: sql<number>`count(*)::int` })
		.from(auditEntries)
		.where(and(ofFirm(firm), complete ? settled : undefined));
	return row?.count ?? 0;
}

/** @throws Error unless the transaction's role may append. */
export async function checkAppend(tx: Transaction): Promise<void> {
	const {
		rows: [row],
	} = await tx.execute(sql`select has_column_privilege('public.audit_entries', 'leaf', 'insert') as yes`);
	if (row?.yes !== true) throw new Error('The role may not append to the audit log.');
}

/** Id of the worker's entry of a firm by which an act has named a text's SHA-256; null: there is none. */
export async function selectNamingEntry(
	tx: Transaction,
	{
		firm,
		action,
		hash,
	}: { readonly firm: string; readonly action: 'erasure.end' | 'column.report' | 'escrow.make'; readonly hash: string },
): Promise<string | null> {
	const { rows } = await tx.execute(sql`
		select id from public.audit_entries
		where role = 'firmseal_worker' and (firm_id = ${firm} or (${firm} = ${PLATFORM} and firm_id is null)) and leaf::jsonb ->> 'action' = ${action} and leaf::jsonb ->> 'hash' = ${hash}
		order by id limit 1`);
	return (rows[0]?.id as string | undefined) ?? null;
}
