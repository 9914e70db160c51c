import { asc, eq, gte, lte, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { auditRootCheckpoints, auditRootLeaves, auditState } from '../../tables/index.ts';
import type { EntryPosition, RootCheckpointRow, RootLeafRow } from './audit-log.ts';

/** The extent of the log at one time, which a verification walks over. */
export interface LogExtent {
	/** Size of the root tree, by its last leaf. */
	readonly rootSize: number;
	/** Size of its largest signed checkpoint. */
	readonly signed: number;
	/** Number of leaves in all firms' trees. */
	readonly leaves: number;
	/** The last entry that is a leaf. */
	readonly after: EntryPosition;
}

export async function selectLogExtent(tx: Transaction): Promise<LogExtent> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select s.after_transaction::text as transaction, s.after_entry as id,
			(select coalesce(max(index) + 1, 0) from public.audit_root_leaves) as "rootSize",
			(select coalesce(max(size), 0) from public.audit_root_checkpoints) as signed,
			(select coalesce(sum(size), 0) from public.audit_trees) as leaves
		from ${auditState} s`);
	if (!row) throw new Error('The state of the audit log is gone.');
	const after = { transaction: String(row.transaction), id: String(row.id) };
	return { rootSize: Number(row.rootSize), signed: Number(row.signed), leaves: Number(row.leaves), after };
}

/** Leaves of the root tree with indexes from `from` up to but excluding `to`, in order. */
export const selectRootLeavesFrom = (tx: Transaction, from: number, to: number, most: number): Promise<RootLeafRow[]> =>
	tx
		.select()
		.from(auditRootLeaves)
		.where(sql`${gte(auditRootLeaves.index, from)} and ${auditRootLeaves.index} < ${to}`)
		.orderBy(asc(auditRootLeaves.index))
		.limit(most);

/** Signed checkpoints of the root tree with more than `above` and up to `to` leaves, smallest first. */
export const selectRootCheckpointsUpTo = (
	tx: Transaction,
	above: number,
	to: number,
	most: number,
): Promise<RootCheckpointRow[]> =>
	tx
		.select()
		.from(auditRootCheckpoints)
		.where(sql`${auditRootCheckpoints.size} > ${above} and ${lte(auditRootCheckpoints.size, to)}`)
		.orderBy(asc(auditRootCheckpoints.size))
		.limit(most);

/** The first leaf of the root tree that names a signing key; null if there is none. */
export async function selectFirstSignerLeaf(tx: Transaction): Promise<string | null> {
	const [row] = await tx
		.select({ leaf: auditRootLeaves.leaf })
		.from(auditRootLeaves)
		.where(eq(auditRootLeaves.kind, 'SIGNER'))
		.orderBy(asc(auditRootLeaves.index))
		.limit(1);
	return row?.leaf ?? null;
}

/** Leaves of a firm's tree: from `from`, up to but excluding `to`. */
export interface LeafSpan {
	readonly tree: string;
	readonly from: number;
	readonly to: number;
}

/** A leaf and its entry. */
export interface WalkedRow {
	/** Index of its span in the request. */
	readonly span: number;
	readonly index: number;
	readonly entry: string;
	readonly hashes: Uint8Array;
	/** Null if the entry is missing. */
	readonly leaf: string | null;
	readonly firm: string | null;
}

/** The first `most` existing leaves of each span, in order. */
export async function selectLeavesOfSpans(
	tx: Transaction,
	spans: readonly LeafSpan[],
	most: number,
): Promise<WalkedRow[]> {
	const column = <T>(pick: (span: LeafSpan) => T) => sql.param(spans.map(pick));
	// Lateral joins force index look-ups row by row, however many rows the planner expects.
	const { rows } = await tx.execute(sql`
		select s.at::integer - 1 as span, l.index, l.entry_id as entry, l.hashes, e.leaf, e.firm_id as firm
		from unnest(
			${column(({ tree }) => tree)}::uuid[], ${column(({ from }) => from)}::bigint[], ${column(({ to }) => to)}::bigint[]
		) with ordinality s (tree, "from", "to", at)
		cross join lateral (
			select * from public.audit_leaves own
			where own.tree = s.tree and own.index >= s."from" and own.index < s."to" order by own.index limit ${most}
		) l
		left join lateral (select * from public.audit_entries of where of.id = l.entry_id offset 0) e on true
		order by s.at, l.index`);
	return rows.map((row) => ({ ...(row as unknown as WalkedRow), index: Number(row.index) }));
}

/** A page of entries and the anomalies among them. */
export interface EntryPage {
	/** Null if the page is empty. */
	readonly last: EntryPosition | null;
	/** Entries without a leaf. */
	readonly unknown: readonly string[];
	/** Entries with more than one leaf. */
	readonly repeated: readonly string[];
	/** For each process run: the number of entries, and the greatest sequence number. */
	readonly runs: readonly {
		readonly role: string;
		readonly boot: string;
		readonly count: number;
		readonly max: number;
	}[];
}

/** Anomalies that one query returns at most. */
const MAX_ANOMALIES = 100;

/** Entries after `above` up to `to`, a position up to which all entries should have leaves. */
export async function selectEntryPage(
	tx: Transaction,
	{ above, to, most }: { readonly above: EntryPosition; readonly to: EntryPosition; readonly most: number },
): Promise<EntryPage> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		with page as materialized (
			select e.id, e.transaction, e.role, e.boot, e.sequence from public.audit_entries e
			where (e.transaction, e.id) > (${above.transaction}::xid8, ${above.id}::uuid)
				and (e.transaction, e.id) <= (${to.transaction}::xid8, ${to.id}::uuid)
			order by e.transaction, e.id limit ${most}
		),
		found as materialized (
			select p.id, count(l.entry_id) as leaves from page p left join public.audit_leaves l on l.entry_id = p.id group by p.id
		)
		select
			(select json_build_object('transaction', transaction::text, 'id', id) from page order by transaction desc, id desc limit 1) as last,
			array(select id from found where leaves = 0 order by id limit ${MAX_ANOMALIES}) as unknown,
			array(select id from found where leaves > 1 order by id limit ${MAX_ANOMALIES}) as repeated,
			(select coalesce(json_agg(r), '[]') from (
				select role::text as role, boot, count(*) as count, max(sequence) as max from page group by role, boot
			) r) as runs`);
	return row as unknown as EntryPage;
}

/** The leaves of entries, in the order of trees and indexes. */
export async function selectLeafPositions(tx: Transaction, entries: readonly string[]) {
	const { rows } = await tx.execute(sql`
		select entry_id as entry, tree, index from public.audit_leaves
		where entry_id = any (${sql.param([...entries])}::uuid[]) order by tree, index`);
	return rows.map(({ entry, tree, index }) => ({ entry: String(entry), tree: String(tree), index: Number(index) }));
}

export interface ProcessRun {
	readonly role: string;
	readonly boot: string;
}

/** The runs among these with a missing sequence number below the greatest one, or with a duplicate. */
export async function selectInconsistentRuns(tx: Transaction, runs: readonly ProcessRun[]): Promise<ProcessRun[]> {
	const column = <T>(pick: (run: ProcessRun) => T) => sql.param(runs.map(pick));
	const { rows } = await tx.execute(sql`
		select r.role::text as role, r.boot from unnest(${column(({ role }) => role)}::name[], ${column(({ boot }) => boot)}::uuid[]) r (role, boot)
		where exists (
			select from public.audit_entries e where e.role = r.role and e.boot = r.boot having count(*) <> max(e.sequence))`);
	return rows as unknown as ProcessRun[];
}

/** Runs after `above`. `shortened`: the log has recorded a greater sequence number than the entries have now. */
export async function selectTruncatedRuns(tx: Transaction, above: ProcessRun | null, most: number) {
	const { rows } = await tx.execute(sql`
		with page as materialized (
			select role, boot, last from public.audit_boots
			where ${above === null} or (role, boot) > (${above?.role ?? ''}::name, ${above?.boot ?? null}::uuid)
			order by role, boot limit ${most}
		)
		select p.role::text as role, p.boot, p.last > coalesce((
			select max(e.sequence) from public.audit_entries e where e.role = p.role and e.boot = p.boot), 0) as shortened
		from page p order by p.role, p.boot`);
	return rows as unknown as (ProcessRun & { readonly shortened: boolean })[];
}

/** Replaces unusual characters, since a role can have any name. */
export const processRunName = ({ role, boot }: ProcessRun): string =>
	`${role.replace(/[^A-Za-z0-9_-]/gu, '_')}:${boot}`;

/** Runs with sequence numbers that the log's leader found missing. */
export async function selectGappedRuns(tx: Transaction, most: number): Promise<ProcessRun[]> {
	const { rows } = await tx.execute(
		sql`select distinct role::text as role, boot from public.audit_gaps order by role, boot limit ${most}`,
	);
	return rows as unknown as ProcessRun[];
}

/** A tree's recorded size and signed size, and what its rows say. */
export interface CountedTree {
	readonly tree: string;
	readonly size: number;
	readonly signed: number;
	/** Size by the last leaf. */
	readonly leaves: number;
	/** Size of the largest checkpoint. */
	readonly checkpoint: number;
}

/** Trees after `after`, in the order of their ids. Includes trees that have leaves but no recorded size. */
export async function selectCountedTrees(tx: Transaction, after: string | null, most: number): Promise<CountedTree[]> {
	const { rows } = await tx.execute(sql`
		with recursive there (tree) as (
			(select tree from public.audit_leaves where ${after}::uuid is null or tree > ${after}::uuid order by tree limit 1)
			union all
			select (select l.tree from public.audit_leaves l where l.tree > there.tree order by l.tree limit 1) from there
			where there.tree is not null
		),
		page as (
			(select tree from there where tree is not null limit ${most})
			union
			(select tree from public.audit_trees where ${after}::uuid is null or tree > ${after}::uuid order by tree limit ${most})
		)
		select p.tree, coalesce(t.size, 0) as size, coalesce(t.signed, 0) as signed,
			coalesce((select max(l.index) + 1 from public.audit_leaves l where l.tree = p.tree), 0) as leaves,
			coalesce((select max(r.size) from public.audit_root_leaves r where r.tree = p.tree), 0) as checkpoint
		from page p left join public.audit_trees t on t.tree = p.tree order by p.tree limit ${most}`);
	return rows.map(({ tree, size, signed, leaves, checkpoint }) => ({
		tree: String(tree),
		size: Number(size),
		signed: Number(signed),
		leaves: Number(leaves),
		checkpoint: Number(checkpoint),
	}));
}

/** Ages of the newest parts of the log, in seconds by the database's clock. */
export interface LogAges {
	/** Of the oldest leaf of the root tree without a signed checkpoint; null if all are signed. */
	readonly unsigned: number | null;
	/** Of the last heartbeat; null if there is none. */
	readonly heartbeat: number | null;
	/** Of the oldest entry without a leaf; null if all entries have one. */
	readonly untaken: number | null;
}

/** The first entry that is not a leaf yet, as `e`. */
export const OLDEST_WAITING = sql`(
	select appended_at from public.audit_entries
	where (transaction, id) > ((select after_transaction from public.audit_state), (select after_entry from public.audit_state))
	order by transaction, id limit 1) e`;

export async function selectLogAges(tx: Transaction): Promise<LogAges> {
	const since = (time: ReturnType<typeof sql>) => sql`extract(epoch from clock_timestamp() - (${time}))::float`;
	const {
		rows: [row],
	} = await tx.execute(sql`
		select
			${since(sql`select created_at from public.audit_root_leaves
				where index >= coalesce((select max(size) from public.audit_root_checkpoints), 0) order by index limit 1`)} as unsigned,
			${since(sql`select created_at from public.audit_root_leaves where kind = 'HEARTBEAT' order by index desc limit 1`)} as heartbeat,
			${since(sql`select e.appended_at from ${OLDEST_WAITING}`)} as untaken`);
	return row as unknown as LogAges;
}

/** Sizes of anchors for which the signed checkpoint of the root tree is missing. */
export async function selectUncoveredAnchors(tx: Transaction, most: number): Promise<number[]> {
	const { rows } = await tx.execute(sql`
		select a.size from public.audit_anchors a
		where not exists (select from public.audit_root_checkpoints c where c.size = a.size) order by a.number limit ${most}`);
	return rows.map(({ size }) => Number(size));
}

/** The newest leaves of trees: those without a checkpoint, or with one of the last `seconds`. */
export async function selectNewestSpans(
	tx: Transaction,
	{ seconds, most }: { readonly seconds: number; readonly most: number },
): Promise<LeafSpan[]> {
	const { rows } = await tx.execute(sql`
		with recent as (
			select tree, min(size) as size from (
				select tree, size, created_at from public.audit_root_leaves order by index desc limit ${most}
			) newest
			where tree is not null and created_at > clock_timestamp() - ${seconds} * interval '1 second' group by tree
		)
		select t.tree, t.size as "to", greatest(t.size - ${most}, coalesce((
			select b.size from public.audit_root_leaves b
			where b.tree = t.tree and b.size < coalesce(r.size, t.size) order by b.size desc limit 1
		), 0)) as "from"
		from public.audit_trees t left join recent r on r.tree = t.tree
		where r.tree is not null or t.signed < t.size order by t.tree limit ${most}`);
	return rows.map(({ tree, from, to }) => ({ tree: String(tree), from: Number(from), to: Number(to) }));
}

/** Entries without a leaf among the last `most` that should have one. */
export async function selectNewestUnknown(tx: Transaction, most: number): Promise<string[]> {
	const { rows } = await tx.execute(sql`
		select e.id from (
			select id from public.audit_entries
			where (transaction, id) <= (select after_transaction, after_entry from public.audit_state)
			order by transaction desc, id desc limit ${most}
		) e where not exists (select from public.audit_leaves l where l.entry_id = e.id) limit ${MAX_ANOMALIES}`);
	return rows.map(({ id }) => String(id));
}
