import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';
import { insertRootLeaves, type NewRootLeaf } from '../statements/audit-log/audit-log.ts';
import { ANCHORED } from './count-differences.ts';
import { forEachDisputed, removeFromPending, selectPendingEntries, stageConflictingEntries } from './disputed-rows.ts';

export interface RestoredState {
	readonly installation: string;
	readonly incarnation: number;
	/** Leaves to append after the anchored leaves of the root tree. */
	readonly rootLeaves: readonly NewRootLeaf[];
}

export interface RestoreOptions {
	/** Whether a row that no anchor has is a valid entry. Others are removed. */
	readonly isEntry: (firm: string | null, leaf: string) => boolean;
	/** Receives each row that differs from the anchors before it is removed. The rows are durable when `settled` resolves. */
	readonly disputed: { write(table: string, row: unknown): Promise<void>; settled(): Promise<void> };
	/** Called within the transaction, to use the database's time. */
	readonly state: (tx: Transaction) => Promise<RestoredState>;
}

/** Comes after every entry of a transaction. */
const MAX_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** The transaction id of restored entries until moveEntries() sets the final one. */
const RESTORED_TRANSACTION = '3';

/**
 * Makes the log equal to the staged rows, in one transaction during which no one else can read or write the log. Entries that no anchor has
 * stay and become leaves again, in the order of their ids: anchored entries move before the oldest transaction that may still write, and the
 * cursor between the two.
 * @returns how many leases it has ended
 */
export async function restoreLog(tx: Transaction, { isEntry, disputed, state }: RestoreOptions): Promise<number> {
	await tx.execute(sql`begin isolation level read committed`);
	try {
		await unlockLogForOwner(tx);
		await assignEntryRoles(tx);
		await stageConflictingEntries(tx);
		for await (const page of selectPendingEntries(tx))
			await removeFromPending(
				tx,
				page.filter(({ firm, leaf }) => !isEntry(firm, leaf)).map(({ id }) => id),
			);
		await forEachDisputed(tx, (table, row) => disputed.write(table, row));
		await disputed.settled();
		await replaceRows(tx);
		await moveEntries(tx);
		await recountTrees(tx);
		const { installation, incarnation, rootLeaves } = await state(tx);
		await insertRootLeaves(tx, rootLeaves);
		await tx.execute(
			sql`update public.audit_state set epoch = epoch + 1, installation = ${installation}, incarnation = ${incarnation}`,
		);
		await relockLog(tx);
		const endedLeases = await endOpenLeases(tx);
		await tx.execute(sql`commit`);
		return endedLeases;
	} catch (error) {
		await tx.execute(sql`rollback`).catch(() => {});
		throw error;
	}
}

/** Tables whose rows a trigger protects even from their owner (drizzle/0010_audit_log.sql). */
const APPEND_ONLY = [
	'audit_entries',
	'audit_leaves',
	'audit_root_leaves',
	'audit_root_checkpoints',
	'audit_anchors',
] as const;
const APPEND_ONLY_TRIGGERS = ['append_only_row', 'append_only_statement', 'append_only_truncate'] as const;
const LOG_TABLES = [...APPEND_ONLY, 'audit_trees', 'audit_boots'] as const;

/** Milliseconds: every reader of the log waits behind this lock. */
const LOCK_TIMEOUT = 30_000;

/** Lets the owner change the log until the transaction ends, and keeps others from reading or writing it. */
async function unlockLogForOwner(tx: Transaction): Promise<void> {
	await tx.execute(sql.raw(`set local lock_timeout = ${LOCK_TIMEOUT}`));
	await tx.execute(
		sql.raw(`lock table ${LOG_TABLES.map((table) => `public.${table}`).join(', ')} in access exclusive mode`),
	);
	for (const table of LOG_TABLES) await tx.execute(sql.raw(`alter table public.${table} no force row level security`));
	for (const table of APPEND_ONLY)
		for (const trigger of APPEND_ONLY_TRIGGERS)
			await tx.execute(sql.raw(`alter table public.${table} disable trigger ${trigger}`));
}

async function relockLog(tx: Transaction): Promise<void> {
	for (const table of APPEND_ONLY)
		for (const trigger of APPEND_ONLY_TRIGGERS)
			await tx.execute(sql.raw(`alter table public.${table} enable always trigger ${trigger}`));
	for (const table of LOG_TABLES) await tx.execute(sql.raw(`alter table public.${table} force row level security`));
}

/**
 * Sets the role of each anchored entry, which no leaf names: the role of the row in the database, or else the role of the leaf's plane. A firm
 * process also records what it refuses operators, under its own boot. Two roles may have used the same number of one boot.
 */
async function assignEntryRoles(tx: Transaction): Promise<void> {
	await tx.execute(sql`
		update pg_temp.anchored_leaves a set role = e.role from public.audit_entries e
		where e.id = a.entry
			and e.role in ('firmseal_firm', 'firmseal_operator', 'firmseal_worker', 'firmseal_broker')`);
	await tx.execute(sql`
		update pg_temp.anchored_leaves a set role = case a.leaf::jsonb ->> 'plane'
			when 'firm' then 'firmseal_firm'
			when 'broker' then 'firmseal_broker'
			when 'operator' then case when exists (
				select from pg_temp.anchored_leaves f where f.boot = a.boot and f.leaf::jsonb ->> 'plane' = 'firm'
			) then 'firmseal_firm' else 'firmseal_operator' end
			else 'firmseal_worker' end
		where a.role is null`);
	await tx.execute(sql`
		update pg_temp.anchored_leaves a
		set role = case a.role when 'firmseal_firm' then 'firmseal_operator' else 'firmseal_firm' end
		from (
			select entry, row_number() over (partition by l.role, l.boot, l.sequence
				order by (select e.role = l.role from public.audit_entries e where e.id = l.entry) desc nulls last, entry) as place
			from pg_temp.anchored_leaves l
		) twice where twice.entry = a.entry and twice.place = 2`);
}

const REPLACEMENTS: readonly SQL[] = [
	sql`delete from public.audit_entries e where exists (select from pg_temp.removed_entries r where r.id = e.id)`,
	sql`insert into public.audit_entries (id, firm_id, role, boot, sequence, leaf, transaction, appended_at)
		select a.entry, a.firm, a.role, a.boot, a.sequence, a.leaf, ${RESTORED_TRANSACTION}::xid8,
			coalesce(a.at, clock_timestamp())
		from pg_temp.anchored_leaves a where not exists (select from public.audit_entries e where e.id = a.entry)`,
	sql`delete from public.audit_leaves l where not ${ANCHORED.leaf}`,
	sql`insert into public.audit_leaves (tree, index, entry_id, hashes)
		select a.tree, a.index, a.entry, a.hashes from pg_temp.anchored_leaves a
		where not exists (select from public.audit_leaves l where l.tree = a.tree and l.index = a.index)`,
	sql`delete from public.audit_root_leaves r where not ${ANCHORED.rootLeaf}`,
	sql`insert into public.audit_root_leaves (index, kind, tree, size, leaf, hashes)
		select a.index, a.kind, a.tree, a.size, a.leaf, a.hashes from pg_temp.anchored_root_leaves a
		where not exists (select from public.audit_root_leaves r where r.index = a.index)`,
	sql`delete from public.audit_root_checkpoints c where not ${ANCHORED.rootCheckpoint}`,
	sql`insert into public.audit_root_checkpoints (size, note)
		select a.size, a.note from pg_temp.anchored_root_checkpoints a
		where not exists (select from public.audit_root_checkpoints c where c.size = a.size)`,
	sql`delete from public.audit_anchors n where not ${ANCHORED.anchor}`,
	sql`insert into public.audit_anchors (number, size, sha256)
		select a.number, a.size, a.sha256 from pg_temp.anchored_anchors a
		where not exists (select from public.audit_anchors n where n.number = a.number)`,
];

async function replaceRows(tx: Transaction): Promise<void> {
	for (const statement of REPLACEMENTS) await tx.execute(statement);
}

/**
 * A transaction id of another cluster may be far above all ids of this one, and its entry would never be below a snapshot's xmin. An entry below
 * the cursor would never become a leaf.
 */
async function moveEntries(tx: Transaction): Promise<void> {
	const {
		rows: [ids = {}],
	} = await tx.execute(sql`
		select (pg_snapshot_xmin(pg_current_snapshot())::text::numeric - 1)::text as before, pg_current_xact_id()::text as own`);
	const { before, own } = ids as { before: string; own: string };
	// Entries that were just restored, or that are of another cluster.
	await tx.execute(sql`
		update public.audit_entries e set transaction = ${before}::xid8 from pg_temp.anchored_leaves a
		where a.entry = e.id and (e.transaction > ${before}::xid8 or e.transaction = ${RESTORED_TRANSACTION}::xid8)`);
	await tx.execute(sql`
		update public.audit_entries e set transaction = ${own}::xid8
		where not exists (select from pg_temp.anchored_leaves a where a.entry = e.id)`);
	await tx.execute(sql`update public.audit_state set after_transaction = ${before}::xid8, after_entry = ${MAX_UUID}`);
}

async function recountTrees(tx: Transaction): Promise<void> {
	await tx.execute(sql`delete from public.audit_trees`);
	await tx.execute(sql`
		insert into public.audit_trees (tree, size, signed)
		select l.tree, count(*), coalesce((select max(r.size) from public.audit_root_leaves r where r.tree = l.tree), 0)
		from public.audit_leaves l group by l.tree`);
	await tx.execute(sql`delete from public.audit_boots`);
	await tx.execute(sql`
		insert into public.audit_boots (role, boot, last)
		select a.role, a.boot, max(a.sequence) from pg_temp.anchored_leaves a group by a.role, a.boot`);
}

/**
 * Puts an end mark on every lease that is usable or could become usable: in an older copy a lease may be active that has ended since, and a
 * restored key service may have its grants. The broker revokes them, and a person who needs a lease requests a new one.
 * @returns how many leases it has ended
 */
async function endOpenLeases(tx: Transaction): Promise<number> {
	const force = (how: string) =>
		tx.execute(
			sql.raw(
				['leases', 'lease_ends'].map((table) => `alter table public.${table} ${how} row level security;`).join(''),
			),
		);
	await force('no force');
	const { rowCount } = await tx.execute(sql`
		insert into public.lease_ends (lease_id, firm_id)
		select l.id, l.firm_id from public.leases l where l.state in ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE')
			and not exists (select from public.lease_ends e where e.lease_id = l.id)`);
	await force('force');
	return rowCount ?? 0;
}
