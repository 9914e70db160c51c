import { and, eq, gte, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { FirmsealError } from '../../../errors.ts';
import { PLATFORM_FIRM_ID } from '../../../keys/index.ts';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { firstRow, selectBoolean, selectNumber } from '../../single-row.ts';
import { auditEntries } from '../../tables/index.ts';

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

export function appendEntriesSql(rows: readonly NewAuditEntry[]): SQL {
	const column = <T>(pick: (row: NewAuditEntry) => T) => sql.param(rows.map(pick));
	return sql`
		insert into public.audit_entries (id, firm_id, boot, sequence, leaf)
		select * from unnest(
			${column((row) => row.id)}::uuid[], ${column((row) => row.firm)}::uuid[], ${column((row) => row.boot)}::uuid[],
			${column((row) => row.sequence)}::bigint[], ${column((row) => row.leaf)}::text[]
		)`;
}

export async function insertAuditEntries(tx: Transaction, rows: readonly NewAuditEntry[]): Promise<void> {
	await tx.execute(appendEntriesSql(rows));
}

export const selectLastSequence = (tx: Transaction, boot: string): Promise<number> =>
	selectNumber(tx, sql`select public.last_audit_sequence(${boot})::text as last`);

/**
 * Entries below the snapshot's xmin: an entry that is not visible yet sorts after all of these, so a reader who continues from a cursor misses
 * none. Only the list with the oldest entries first has this condition. The list with the newest first shows entries at once, because an open
 * transaction must not hide them.
 */
const settled: SQL = sql`${auditEntries.transaction} < pg_snapshot_xmin(pg_current_snapshot())`;

/** Null selects all entries. The platform's id selects those of no firm, which include entries about the platform's own keys. */
function firmCondition(firm: string | null): SQL | undefined {
	if (firm === null) return undefined;
	const own = eq(auditEntries.firmId, firm);
	return firm === PLATFORM_FIRM_ID ? or(own, isNull(auditEntries.firmId)) : own;
}

/** Null does not filter. */
export interface AuditEntryRowFilter {
	readonly action: string | null;
	readonly actor: string | null;
	readonly decision: string | null;
	readonly coordinate: string | null;
	/** The name of a record in a leaf. */
	readonly record: string | null;
	readonly lease: string | null;
	/** Inclusive start and exclusive end, by the database's clock. */
	readonly from: Date | null;
	readonly before: Date | null;
}

/** Entries scanned for one page of a filter that no index supports. */
const MAX_SCANNED_ENTRIES = 100_000;

/** Conditions that no index supports. Each first searches the text, which canonical JSON allows, because parsing a leaf costs far more. */
function meets({ action, actor, decision, coordinate, record }: AuditEntryRowFilter): SQL[] {
	const { leaf } = auditEntries;
	const json = sql`${leaf}::jsonb`;
	const has = (...texts: string[]) => sql`strpos(${leaf}, ${texts.map((text) => JSON.stringify(text)).join(':')}) > 0`;
	return [
		...(action === null
			? []
			: [sql`starts_with(${leaf}, ${`{"action":${JSON.stringify(action)},`}) and ${json} ->> 'action' = ${action}`]),
		...(decision === null ? [] : [sql`${has('decision', decision)} and ${json} ->> 'decision' = ${decision}`]),
		...(actor === null ? [] : [sql`${has('user', actor)} and ${json} #>> '{actor,user}' = ${actor}`]),
		...(coordinate === null ? [] : [sql`${has(coordinate)} and ${json} -> 'coordinates' ? ${coordinate}`]),
		...(record === null ? [] : [sql`${has(record)} and ${json} -> 'records' ? ${record}`]),
	];
}

/**
 * Conditions that an index supports. A function finds the entries that name a lease (drizzle/0009_lease_use.sql), because row policies keep a
 * query from using the index on leases.
 */
const foundBy = ({ lease, from, before }: AuditEntryRowFilter): (SQL | undefined)[] => [
	lease === null ? undefined : sql`${auditEntries.id} = any (array(select id from public.lease_entries(${lease})))`,
	from ? gte(auditEntries.appendedAt, from) : undefined,
	before ? lt(auditEntries.appendedAt, before) : undefined,
];

/**
 * @throws FirmsealError TOO_EXPENSIVE if a page of the filter needs a scan of more than `most` entries. A page is never cut short instead.
 */
export async function selectAuditEntries(
	tx: Transaction,
	firm: string | null,
	page: KeysetPage,
	filter: AuditEntryRowFilter | null = null,
	most: number = MAX_SCANNED_ENTRIES,
): Promise<Page<AuditEntryRow>> {
	const range = and(
		firmCondition(firm),
		page.descending ? undefined : settled,
		...withinPage(page),
		...(filter ? foundBy(filter) : []),
	);
	if (filter === null) {
		const rows = await tx
			.select(auditEntryColumns)
			.from(auditEntries)
			.where(range)
			.orderBy(...orderOfPage(page))
			.limit(page.limit + 1);
		return trimToPage(page, rows);
	}
	// The alias is the table's name, so that the same conditions fit. The inner limit bounds the scan, however few rows match.
	const looked = tx
		.select(auditEntryColumns)
		.from(auditEntries)
		.where(range)
		.orderBy(...orderOfPage(page))
		.limit(most)
		.as('audit_entries');
	const rows = await tx
		.select()
		.from(looked)
		.where(and(...meets(filter)))
		.orderBy(...orderOfPage(page))
		.limit(page.limit + 1);
	if (rows.length <= page.limit) await refuseTooMany(tx, range, most);
	return trimToPage(page, rows);
}

async function refuseTooMany(tx: Transaction, range: SQL | undefined, most: number): Promise<void> {
	const looked = tx
		.select({ id: auditEntries.id })
		.from(auditEntries)
		.where(range)
		.limit(most + 1)
		.as('looked');
	if ((await tx.$count(looked)) > most)
		throw new FirmsealError(
			'TOO_EXPENSIVE',
			`This filter would scan more than ${most} entries of the log: name a firm, a lease, or a shorter time by atFrom and atBefore.`,
		);
}

export const selectAuditEntry = (tx: Transaction, id: string): Promise<AuditEntryRow | null> =>
	firstRow(tx.select(auditEntryColumns).from(auditEntries).where(eq(auditEntries.id, id)));

/** `complete` counts only entries that the list with the oldest first shows. @throws FirmsealError as selectAuditEntries. */
export async function countAuditEntries(
	tx: Transaction,
	firm: string | null,
	complete: boolean,
	filter: AuditEntryRowFilter | null = null,
	most: number = MAX_SCANNED_ENTRIES,
): Promise<number> {
	const range = and(firmCondition(firm), complete ? settled : undefined, ...(filter ? foundBy(filter) : []));
	if (filter) await refuseTooMany(tx, range, most);
	return tx.$count(auditEntries, and(range, ...(filter ? meets(filter) : [])));
}

export async function assertMayAppend(tx: Transaction): Promise<void> {
	const mayAppend = await selectBoolean(tx, sql`select has_column_privilege('public.audit_entries', 'leaf', 'insert')`);
	if (!mayAppend) throw new Error('The role may not append to the audit log.');
}

/** Id of the worker's entry about a firm that records the SHA-256 of a text for this action; null if there is none. */
export async function selectEntryNamingHash(
	tx: Transaction,
	{
		firm,
		action,
		hash,
	}: { readonly firm: string; readonly action: 'erasure.end' | 'column.report' | 'escrow.make'; readonly hash: string },
): Promise<string | null> {
	const { rows } = await tx.execute(sql`
		select id from public.audit_entries
		where role = 'firmseal_worker' and (firm_id = ${firm} or (${firm} = ${PLATFORM_FIRM_ID} and firm_id is null)) and leaf::jsonb ->> 'action' = ${action} and leaf::jsonb ->> 'hash' = ${hash}
		order by id limit 1`);
	return (rows[0]?.id as string | undefined) ?? null;
}
