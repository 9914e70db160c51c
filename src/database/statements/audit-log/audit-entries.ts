import { and, eq, gte, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { FirmsealError } from '../../../errors.ts';
import { PLATFORM_FIRM_ID } from '../../../keys/index.ts';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { auditEntries } from '../../tables/index.ts';

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

export async function selectLastSequence(tx: Transaction, boot: string): Promise<number> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.last_audit_sequence(${boot})::text as last`);
	return Number(row?.last ?? 0);
}

/**
 * Entries below the snapshot's xmin: an entry that is not shown yet can only come after all that are, so a reader who goes
 * on from a cursor misses nothing. Only the list with the oldest first promises that; the newest are shown at once, since
 * a transaction that someone leaves open must not hide them.
 */
const settled: SQL = sql`${auditEntries.transaction} < pg_snapshot_xmin(pg_current_snapshot())`;

/** null: of all. The platform's id: of no firm, its own keys among them. */
function firmCondition(firm: string | null): SQL | undefined {
	if (firm === null) return undefined;
	const own = eq(auditEntries.firmId, firm);
	return firm === PLATFORM_FIRM_ID ? or(own, isNull(auditEntries.firmId)) : own;
}

/** Which entries are listed; null: whatever it is. */
export interface AuditEntryRowFilter {
	readonly action: string | null;
	readonly actor: string | null;
	readonly decision: string | null;
	readonly coordinate: string | null;
	/** As a leaf names it. */
	readonly record: string | null;
	readonly lease: string | null;
	/** By the database's clock, from this time on and before that. */
	readonly from: Date | null;
	readonly before: Date | null;
}

/** Entries that are looked through for one page of a filtered list, which no index finds. */
const MAX_SCANNED_ENTRIES = 100_000;

/** Each begins with a look at the text, which canonical JSON allows: to make JSON of a leaf costs far more. */
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
 * What indexes find of it. What a lease is named in, a function asks for (drizzle/0009_lease_use.sql): row policies keep a query from using the
 * index on leases.
 */
const foundBy = ({ lease, from, before }: AuditEntryRowFilter): (SQL | undefined)[] => [
	lease === null ? undefined : sql`${auditEntries.id} = any (array(select id from public.lease_entries(${lease})))`,
	from ? gte(auditEntries.appendedAt, from) : undefined,
	before ? lt(auditEntries.appendedAt, before) : undefined,
];

/**
 * @throws FirmsealError TOO_EXPENSIVE for a filter that leaves so few that too many are looked through for a page. A page is never short
 * because of that.
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
	// Named as the table is, so that conditions fit both; the inner limit is what is looked at, whatever the conditions leave.
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
	const [row] = await tx.select({ count: sql<number>`count(*)::int` }).from(looked);
	if ((row?.count ?? 0) > most)
		throw new FirmsealError(
			'TOO_EXPENSIVE',
			`More than ${most} entries of the log would be looked through: name a firm, a lease, or a shorter time by atFrom and atBefore.`,
		);
}

export async function selectAuditEntry(tx: Transaction, id: string): Promise<AuditEntryRow | null> {
	const [row] = await tx.select(auditEntryColumns).from(auditEntries).where(eq(auditEntries.id, id));
	return row ?? null;
}

/** `complete`: only those that the list with the oldest first shows. @throws FirmsealError as selectAuditEntries. */
export async function countAuditEntries(
	tx: Transaction,
	firm: string | null,
	complete: boolean,
	filter: AuditEntryRowFilter | null = null,
	most: number = MAX_SCANNED_ENTRIES,
): Promise<number> {
	const range = and(firmCondition(firm), complete ? settled : undefined, ...(filter ? foundBy(filter) : []));
	if (filter) await refuseTooMany(tx, range, most);
	const [row] = await tx
		.select({ count: sql<number>`count(*)::int` })
		.from(auditEntries)
		.where(and(range, ...(filter ? meets(filter) : [])));
	return row?.count ?? 0;
}

/** @throws Error unless the transaction's role may append. */
export async function assertMayAppend(tx: Transaction): Promise<void> {
	const {
		rows: [row],
	} = await tx.execute(sql`select has_column_privilege('public.audit_entries', 'leaf', 'insert') as yes`);
	if (row?.yes !== true) throw new Error('The role may not append to the audit log.');
}

/** Id of the worker's entry of a firm by which an act has named a text's SHA-256; null: there is none. */
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
