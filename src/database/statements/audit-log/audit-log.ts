import { asc, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow, selectBoolean, selectValue } from '../../single-row.ts';
import {
	auditBoots,
	type auditGaps,
	auditRootCheckpoints,
	auditRootLeaves,
	auditState,
	auditTrees,
} from '../../tables/index.ts';

export type AuditStateRow = typeof auditState.$inferSelect;

export async function selectAuditState(tx: Transaction): Promise<AuditStateRow> {
	const [row] = await tx.select().from(auditState);
	if (!row) throw new Error('The state of the audit log is gone.');
	return row;
}

/** Makes the caller the leader. The previous leader can write nothing more. */
export async function claimLogLeadership(tx: Transaction): Promise<AuditStateRow> {
	const [row] = await tx
		.update(auditState)
		.set({ epoch: sql`${auditState.epoch} + 1` })
		.returning();
	if (!row) throw new Error('The state of the audit log is gone.');
	return row;
}

/** Holds the log for the leader of `epoch` until the transaction ends. @throws LeaderLostError if there is a later leader */
export async function lockLogLeadership(tx: Transaction, epoch: number): Promise<void> {
	if (!(await selectBoolean(tx, sql`select public.hold_audit_log(${epoch})`))) throw new LeaderLostError();
}

export class LeaderLostError extends Error {
	override readonly name = 'LeaderLostError';
}

/** Sets the installation's name for every checkpoint. It never changes. */
export async function nameInstallation(tx: Transaction, installation: string): Promise<void> {
	await tx.update(auditState).set({ installation });
}

/** The order of entries in the log: by transaction, then by id. */
export interface EntryPosition {
	readonly transaction: string;
	readonly id: string;
}

export interface UnsequencedEntry extends EntryPosition {
	readonly firm: string | null;
	readonly role: string;
	readonly boot: string;
	readonly sequence: number;
	readonly leaf: string;
}

/**
 * Entries after a position, in the order in which they become leaves, and below the snapshot's xmin: an entry that is not visible yet sorts after
 * all of these, so none is skipped.
 */
export async function selectUnsequenced(
	tx: Transaction,
	after: EntryPosition,
	most: number,
): Promise<UnsequencedEntry[]> {
	const { rows } = await tx.execute(sql`
		select e.id, e.firm_id as firm, e.role::text as role, e.boot, e.sequence, e.leaf, e.transaction::text as transaction
		from public.audit_entries e
		where (e.transaction, e.id) > (${after.transaction}::xid8, ${after.id}::uuid)
			and e.transaction < pg_snapshot_xmin(pg_current_snapshot())
		order by e.transaction, e.id limit ${most}`);
	return rows.map((row) => ({ ...(row as unknown as UnsequencedEntry), sequence: Number(row.sequence) }));
}

export async function setSequencerPosition(tx: Transaction, { transaction, id }: EntryPosition): Promise<void> {
	await tx.update(auditState).set({ afterTransaction: transaction, afterEntry: id });
}

export type TreeRow = typeof auditTrees.$inferSelect;

export const selectTrees = (tx: Transaction, trees: readonly string[]): Promise<TreeRow[]> =>
	tx
		.select()
		.from(auditTrees)
		.where(inArray(auditTrees.tree, [...trees]));

/** Trees that have leaves without a checkpoint, in the order of their ids. */
export const selectUnsignedTrees = (tx: Transaction, most: number): Promise<TreeRow[]> =>
	tx.select().from(auditTrees).where(lt(auditTrees.signed, auditTrees.size)).orderBy(asc(auditTrees.tree)).limit(most);

export async function setTreeSizes(tx: Transaction, sizes: ReadonlyMap<string, number>): Promise<void> {
	await tx.execute(sql`
		insert into public.audit_trees (tree, size)
		select * from unnest(${sql.param([...sizes.keys()])}::uuid[], ${sql.param([...sizes.values()])}::bigint[])
		on conflict (tree) do update set size = excluded.size`);
}

export async function setSignedSizes(tx: Transaction, sizes: ReadonlyMap<string, number>): Promise<void> {
	await tx.execute(sql`
		update public.audit_trees t set signed = s.size
		from unnest(${sql.param([...sizes.keys()])}::uuid[], ${sql.param([...sizes.values()])}::bigint[]) s (tree, size)
		where t.tree = s.tree`);
}

export interface NewLeaf {
	readonly tree: string;
	readonly index: number;
	readonly entry: string;
	readonly hashes: Uint8Array;
}

export async function insertAuditLeaves(tx: Transaction, leaves: readonly NewLeaf[]): Promise<void> {
	const column = <T>(pick: (leaf: NewLeaf) => T) => sql.param(leaves.map(pick));
	await tx.execute(sql`
		insert into public.audit_leaves (tree, index, entry_id, hashes)
		select * from unnest(
			${column(({ tree }) => tree)}::uuid[], ${column(({ index }) => index)}::bigint[],
			${column(({ entry }) => entry)}::uuid[], ${column(({ hashes }) => hashes)}::bytea[]
		)`);
}

export type RootLeafRow = typeof auditRootLeaves.$inferSelect;
export type NewRootLeaf = Pick<RootLeafRow, 'index' | 'kind' | 'tree' | 'size' | 'leaf' | 'hashes'>;

export async function insertRootLeaves(tx: Transaction, leaves: readonly NewRootLeaf[]): Promise<void> {
	const column = <T>(pick: (leaf: NewRootLeaf) => T) => sql.param(leaves.map(pick));
	await tx.execute(sql`
		insert into public.audit_root_leaves (index, kind, tree, size, leaf, hashes)
		select * from unnest(
			${column(({ index }) => index)}::bigint[], ${column(({ kind }) => kind)}::text[], ${column(({ tree }) => tree)}::uuid[],
			${column(({ size }) => size)}::bigint[], ${column(({ leaf }) => leaf)}::text[], ${column(({ hashes }) => hashes)}::bytea[]
		)`);
}

export async function countRootLeaves(tx: Transaction): Promise<number> {
	const [row] = await tx
		.select({ index: auditRootLeaves.index })
		.from(auditRootLeaves)
		.orderBy(desc(auditRootLeaves.index))
		.limit(1);
	return row === undefined ? 0 : row.index + 1;
}

export const selectLastRootLeaf = (
	tx: Transaction,
	kind: Exclude<RootLeafRow['kind'], 'CHECKPOINT'>,
): Promise<RootLeafRow | null> =>
	firstRow(
		tx
			.select()
			.from(auditRootLeaves)
			.where(eq(auditRootLeaves.kind, kind))
			.orderBy(desc(auditRootLeaves.index))
			.limit(1),
	);

/** A leaf of the root tree that names a checkpoint key. */
export type SignerLeaf = Pick<RootLeafRow, 'index' | 'leaf'>;

/** The checkpoint key at the newest anchor and those since, oldest first. */
export async function selectSignersSinceAnchor(tx: Transaction): Promise<SignerLeaf[]> {
	const { rows } = await tx.execute(sql`
		with signers as (
			select index, leaf, index < (select coalesce(max(size), 0) from public.audit_anchors) as is_anchored
			from public.audit_root_leaves where kind = 'SIGNER'
		)
		select index::text, leaf from signers
		where not is_anchored or index in (select index from signers where is_anchored order by index desc limit 1)
		order by signers.index`);
	return rows.map(({ index, leaf }) => ({ index: Number(index), leaf: String(leaf) }));
}

/** Trees whose last checkpoint covers all their leaves and is before this leaf of the root tree. */
export async function selectTreesBefore(tx: Transaction, rootIndex: number, most: number): Promise<TreeRow[]> {
	const { rows } = await tx.execute(sql`
		select t.tree, t.size::text, t.signed::text from public.audit_trees t
		where t.signed = t.size and (
			select max(r.index) from public.audit_root_leaves r where r.tree = t.tree and r.size = t.signed) < ${rootIndex}
		order by t.tree limit ${most}`);
	return rows.map(({ tree, size, signed }) => ({ tree: String(tree), size: Number(size), signed: Number(signed) }));
}

/** The latest checkpoint of each of these trees that has one. */
export const selectLastCheckpoints = (tx: Transaction, trees: readonly string[]): Promise<RootLeafRow[]> =>
	tx
		.selectDistinctOn([auditRootLeaves.tree])
		.from(auditRootLeaves)
		.where(inArray(auditRootLeaves.tree, [...trees]))
		.orderBy(auditRootLeaves.tree, desc(auditRootLeaves.size), desc(auditRootLeaves.index));

export type RootCheckpointRow = typeof auditRootCheckpoints.$inferSelect;

export const selectRootCheckpoint = (tx: Transaction): Promise<RootCheckpointRow | null> =>
	firstRow(tx.select().from(auditRootCheckpoints).orderBy(desc(auditRootCheckpoints.size)).limit(1));

export async function insertRootCheckpoint(
	tx: Transaction,
	{ size, note }: Pick<RootCheckpointRow, 'size' | 'note'>,
): Promise<void> {
	await tx.execute(sql`insert into public.audit_root_checkpoints (size, note) values (${size}, ${note})`);
}

export type BootRow = typeof auditBoots.$inferSelect;

export const selectBoots = (tx: Transaction, boots: readonly string[]): Promise<BootRow[]> =>
	tx
		.select()
		.from(auditBoots)
		.where(inArray(auditBoots.boot, [...boots]));

export async function setBoots(tx: Transaction, boots: readonly BootRow[]): Promise<void> {
	const column = <T>(pick: (boot: BootRow) => T) => sql.param(boots.map(pick));
	await tx.execute(sql`
		insert into public.audit_boots (role, boot, last)
		select * from unnest(
			${column(({ role }) => role)}::name[], ${column(({ boot }) => boot)}::uuid[], ${column(({ last }) => last)}::bigint[])
		on conflict (role, boot) do update set last = greatest(audit_boots.last, excluded.last)`);
}

export type NewGap = Omit<typeof auditGaps.$inferSelect, 'seenAt'>;

export async function insertGaps(tx: Transaction, gaps: readonly NewGap[]): Promise<void> {
	if (gaps.length === 0) return;
	const column = <T>(pick: (gap: NewGap) => T) => sql.param(gaps.map(pick));
	await tx.execute(sql`
		insert into public.audit_gaps (role, boot, first, last)
		select * from unnest(
			${column(({ role }) => role)}::name[], ${column(({ boot }) => boot)}::uuid[], ${column(({ first }) => first)}::bigint[],
			${column(({ last }) => last)}::bigint[]
		) on conflict do nothing`);
}

/** Whether all these entries are published. For the operator plane. */
export const arePublished = (tx: Transaction, entries: readonly string[]): Promise<boolean> =>
	selectBoolean(tx, sql`select public.audit_is_published(${sql.param([...entries])}::uuid[]) as yes`);

/** The database's time in the format of an entry. */
export const selectEntryTime = async (tx: Transaction): Promise<string> =>
	String(
		await selectValue(tx, sql`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`),
	);
