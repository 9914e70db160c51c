import { and, asc, desc, eq, gte, lt, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { selectBoolean } from '../../single-row.ts';
import {
	auditAnchors,
	auditEntries,
	auditLeaves,
	auditRootCheckpoints,
	auditRootLeaves,
	auditState,
} from '../../tables/index.ts';
import type { RootCheckpointRow } from './audit-log.ts';

export interface AnchorRow {
	readonly number: number;
	/** Size of the root tree. */
	readonly size: number;
	/** Hash of the anchor's bytes; 32 bytes. */
	readonly sha256: Uint8Array;
}

/** A signed checkpoint of the root tree. */
export type SignedRoot = Pick<RootCheckpointRow, 'size' | 'note'>;

/** A leaf for an anchor. */
export interface AnchoredLeafRow {
	readonly index: number;
	/** Null if the entry is missing. */
	readonly leaf: string | null;
	/** 32 bytes. */
	readonly hash: Uint8Array;
}

/** Leaves of a firm's tree that an anchor covers: from `from`, up to but excluding `to`. */
export interface AnchoredSection {
	readonly tree: string;
	readonly from: number;
	readonly to: number;
}

const row = { number: auditAnchors.number, size: auditAnchors.size, sha256: auditAnchors.sha256 };

export async function selectNewestAnchor(tx: Transaction): Promise<AnchorRow | null> {
	const [newest] = await tx.select(row).from(auditAnchors).orderBy(desc(auditAnchors.number)).limit(1);
	return newest ?? null;
}

/** Whether the last anchor, or without any the first signed checkpoint, is older than five minutes. */
export const areAnchorsLate = (tx: Transaction): Promise<boolean> =>
	selectBoolean(
		tx,
		sql`
		select coalesce((select a.created_at from public.audit_anchors a order by a.number desc limit 1),
			(select c.created_at from public.audit_root_checkpoints c order by c.size limit 1)) < clock_timestamp() - interval '5 minutes' as late`,
	);

/** Holds the log for the leader of `epoch` until the transaction ends. False if there is a later leader: nothing was written then. */
export async function insertAnchor(tx: Transaction, epoch: number, anchor: AnchorRow): Promise<boolean> {
	if (!(await selectBoolean(tx, sql`select public.hold_audit_log(${epoch})`))) return false;
	const { number, size, sha256 } = anchor;
	await tx.execute(sql`
		insert into public.audit_anchors (number, size, sha256) values (${number}, ${size}, ${Buffer.from(sha256)})`);
	return true;
}

const checkpoint = { size: auditRootCheckpoints.size, note: auditRootCheckpoints.note };

/** The newest signed checkpoint of the root tree, and the log's incarnation; null before the first. */
export async function selectCheckpointToAnchor(
	tx: Transaction,
): Promise<(SignedRoot & { readonly incarnation: number }) | null> {
	const [newest] = await tx
		.select({ ...checkpoint, incarnation: auditState.incarnation })
		.from(auditRootCheckpoints)
		.crossJoin(auditState)
		.orderBy(desc(auditRootCheckpoints.size))
		.limit(1);
	return newest ?? null;
}

/** Whether exactly this note was signed for the root tree of this size. */
export async function isSignedCheckpoint(tx: Transaction, { size, note }: SignedRoot): Promise<boolean> {
	const found = await tx.select(checkpoint).from(auditRootCheckpoints).where(eq(auditRootCheckpoints.size, size));
	return found.some((each) => each.note === note);
}

export interface SectionsToAnchor {
	/** Sizes of the root tree at the previous anchor and at this one. */
	readonly since: number;
	readonly size: number;
	/** The page begins after this tree; null starts with the first. */
	readonly after: string | null;
	readonly limit: number;
}

/** Firms' trees with a checkpoint in these leaves of the root tree, in the order of their ids. `from` and `to` may be equal. */
export async function selectSectionsToAnchor(
	tx: Transaction,
	{ since, size, after, limit }: SectionsToAnchor,
): Promise<AnchoredSection[]> {
	const { rows } = await tx.execute(sql`
		with changed as (
			select tree, max(size) as "to" from public.audit_root_leaves
			where kind = 'CHECKPOINT' and index >= ${since} and index < ${size} and (${after}::uuid is null or tree > ${after}::uuid)
			group by tree order by tree limit ${limit}
		)
		select tree, "to"::text, coalesce((
			select size from public.audit_root_leaves before
			where before.tree = changed.tree and before.index < ${since} order by size desc limit 1
		), 0)::text as "from"
		from changed order by tree`);
	return rows.map(({ tree, from, to }) => ({ tree: String(tree), from: Number(from), to: Number(to) }));
}

const hashOf = (hashes: typeof auditLeaves.hashes | typeof auditRootLeaves.hashes) =>
	sql<Uint8Array>`substring(${hashes} from 1 for 32)`;

export const selectLeavesToAnchor = (
	tx: Transaction,
	{ tree, from, to }: AnchoredSection,
): Promise<AnchoredLeafRow[]> =>
	tx
		.select({ index: auditLeaves.index, leaf: auditEntries.leaf, hash: hashOf(auditLeaves.hashes) })
		.from(auditLeaves)
		.leftJoin(auditEntries, eq(auditEntries.id, auditLeaves.entryId))
		.where(and(eq(auditLeaves.tree, tree), gte(auditLeaves.index, from), lt(auditLeaves.index, to)))
		.orderBy(asc(auditLeaves.index));

export const selectRootLeavesToAnchor = (
	tx: Transaction,
	{ from, to }: Pick<AnchoredSection, 'from' | 'to'>,
): Promise<AnchoredLeafRow[]> =>
	tx
		.select({ index: auditRootLeaves.index, leaf: auditRootLeaves.leaf, hash: hashOf(auditRootLeaves.hashes) })
		.from(auditRootLeaves)
		.where(and(gte(auditRootLeaves.index, from), lt(auditRootLeaves.index, to)))
		.orderBy(asc(auditRootLeaves.index));
