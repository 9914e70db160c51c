import { and, asc, desc, eq, gte, lt, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import {
	auditAnchors,
	auditEntries,
	auditLeaves,
	auditRootCheckpoints,
	auditRootLeaves,
	auditState,
} from '../../tables/index.ts';
import type { RootCheckpointRow } from './audit-log.ts';

/** What is anchored, as `audit_anchors` has it. */
export interface AnchorRow {
	readonly number: number;
	/** Of the root tree. */
	readonly size: number;
	/** Of the anchor's bytes; 32 bytes. */
	readonly sha256: Uint8Array;
}

/** A signed checkpoint of the root tree. */
export type SignedRoot = Pick<RootCheckpointRow, 'size' | 'note'>;

/** A leaf as an anchor has it. */
export interface AnchoredLeafRow {
	readonly index: number;
	/** null: the entry is gone. */
	readonly leaf: string | null;
	/** 32 bytes. */
	readonly hash: Uint8Array;
}

/** Leaves of a firm's tree that an anchor covers: from `from`, up to and without `to`. */
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

/** Whether something is signed for more than five minutes, and no anchor was written in that time. */
export async function areAnchorsLate(tx: Transaction): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select coalesce((select a.created_at from public.audit_anchors a order by a.number desc limit 1),
			(select c.created_at from public.audit_root_checkpoints c order by c.size limit 1)) < clock_timestamp() - interval '5 minutes' as late`);
	return row?.late === true;
}

/** Held until the transaction ends by the leader of `epoch`. false: there is a later one, and nothing was written. */
export async function insertAnchor(tx: Transaction, epoch: number, anchor: AnchorRow): Promise<boolean> {
	const {
		rows: [answer],
	} = await tx.execute(sql`select public.hold_audit_log(${epoch}) as held`);
	if (answer?.held !== true) return false;
	const { number, size, sha256 } = anchor;
	await tx.execute(sql`
		insert into public.audit_anchors (number, size, sha256) values (${number}, ${size}, ${Buffer.from(sha256)})`);
	return true;
}

const checkpoint = { size: auditRootCheckpoints.size, note: auditRootCheckpoints.note };

/** The newest signed checkpoint of the root tree, and the incarnation of the log; null: nothing is signed yet. */
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

/** Whether the root tree of that size was signed with exactly this note. */
export async function isSignedCheckpoint(tx: Transaction, { size, note }: SignedRoot): Promise<boolean> {
	const found = await tx.select(checkpoint).from(auditRootCheckpoints).where(eq(auditRootCheckpoints.size, size));
	return found.some((each) => each.note === note);
}

export interface SectionsToAnchor {
	/** Sizes of the root tree: of the anchor before, and of this one. */
	readonly since: number;
	readonly size: number;
	/** The tree after which the page begins; null: the first. */
	readonly after: string | null;
	readonly limit: number;
}

/** Trees of firms that have a checkpoint in these leaves of the root tree, in the order of their ids; `from` and `to` may be the same. */
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

/** Leaves of a firm's tree in their order. */
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

/** Leaves of the root tree in their order. */
export const selectRootLeavesToAnchor = (
	tx: Transaction,
	{ from, to }: Pick<AnchoredSection, 'from' | 'to'>,
): Promise<AnchoredLeafRow[]> =>
	tx
		.select({ index: auditRootLeaves.index, leaf: auditRootLeaves.leaf, hash: hashOf(auditRootLeaves.hashes) })
		.from(auditRootLeaves)
		.where(and(gte(auditRootLeaves.index, from), lt(auditRootLeaves.index, to)))
		.orderBy(asc(auditRootLeaves.index));
