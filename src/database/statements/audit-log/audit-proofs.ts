import { and, desc, eq, gt, gte, lt, type SQL, sql } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { firstRow, selectNumber } from '../../single-row.ts';
import { auditEntries, auditLeaves, auditRootCheckpoints, auditRootLeaves } from '../../tables/index.ts';
import { type AuditEntryRow, auditEntryColumns } from './audit-entries.ts';
import type { RootCheckpointRow } from './audit-log.ts';

/** The newest signed checkpoint of the root tree. Only what it covers is published. */
const newestRoot = (tx: Transaction) =>
	tx
		.select({
			size: auditRootCheckpoints.size,
			note: auditRootCheckpoints.note,
			createdAt: auditRootCheckpoints.createdAt,
		})
		.from(auditRootCheckpoints)
		.orderBy(desc(auditRootCheckpoints.size))
		.limit(1)
		.as('newest_root');

const checkpointColumns = {
	size: sql<number>`${auditRootLeaves.size}`.mapWith(Number).as('checkpoint_size'),
	index: sql<number>`${auditRootLeaves.index}`.mapWith(Number).as('checkpoint_index'),
	note: sql<string>`${auditRootLeaves.leaf}`.as('checkpoint_note'),
	createdAt: sql<Date>`${auditRootLeaves.createdAt}`.mapWith(auditRootLeaves.createdAt).as('checkpoint_created_at'),
};

/** A checkpoint of a firm's tree that is a leaf of the root tree. */
export interface PublishedCheckpointRow {
	readonly size: number;
	/** Index of the leaf in the root tree. */
	readonly index: number;
	readonly note: string;
	readonly createdAt: Date;
	/** A checkpoint of the root tree that covers the leaf. */
	readonly root: RootCheckpointRow;
}

/** The newest published checkpoint of a tree, or, if `size` is not null, the newest of exactly this size. Null if there is none. */
export async function selectPublishedCheckpoint(
	tx: Transaction,
	tree: string,
	size: number | null,
): Promise<PublishedCheckpointRow | null> {
	const newest = newestRoot(tx);
	const [row] = await tx
		.select({
			...checkpointColumns,
			root: { size: newest.size, note: newest.note, createdAt: newest.createdAt },
		})
		.from(auditRootLeaves)
		.innerJoin(newest, lt(auditRootLeaves.index, newest.size))
		.where(and(eq(auditRootLeaves.tree, tree), size === null ? undefined : eq(auditRootLeaves.size, size)))
		.orderBy(desc(auditRootLeaves.size), desc(auditRootLeaves.index))
		.limit(1);
	return row ?? null;
}

export const selectRootCheckpointOfSize = (tx: Transaction, size: number): Promise<RootCheckpointRow | null> =>
	firstRow(tx.select().from(auditRootCheckpoints).where(eq(auditRootCheckpoints.size, size)));

export interface PublishedLeafRow {
	readonly tree: string;
	readonly index: number;
	/** The stored hashes of the leaf, its own hash first. */
	readonly hashes: Uint8Array;
	/** Null if the entry was removed. */
	readonly leaf: string | null;
	readonly firmId: string | null;
	/** The newest checkpoint of the tree. */
	readonly checkpoint: PublishedCheckpointRow;
}

/** The leaf of an entry; null if no published leaf has it. */
export async function selectPublishedLeaf(tx: Transaction, entry: string): Promise<PublishedLeafRow | null> {
	const newest = newestRoot(tx);
	const checkpoint = tx
		.select(checkpointColumns)
		.from(auditRootLeaves)
		.where(and(eq(auditRootLeaves.tree, auditLeaves.tree), lt(auditRootLeaves.index, newest.size)))
		.orderBy(desc(auditRootLeaves.size), desc(auditRootLeaves.index))
		.limit(1)
		.as('checkpoint');
	const [row] = await tx
		.select({
			tree: auditLeaves.tree,
			index: auditLeaves.index,
			hashes: auditLeaves.hashes,
			leaf: auditEntries.leaf,
			firmId: auditEntries.firmId,
			checkpoint: {
				size: checkpoint.size,
				index: checkpoint.index,
				note: checkpoint.note,
				createdAt: checkpoint.createdAt,
			},
			root: { size: newest.size, note: newest.note, createdAt: newest.createdAt },
		})
		.from(auditLeaves)
		.innerJoin(newest, sql`true`)
		.innerJoinLateral(checkpoint, gt(checkpoint.size, auditLeaves.index))
		.leftJoin(auditEntries, eq(auditEntries.id, auditLeaves.entryId))
		.where(eq(auditLeaves.entryId, entry));
	if (!row) return null;
	const { root, ...leaf } = row;
	return { ...leaf, checkpoint: { ...row.checkpoint, root } };
}

export interface TreeLeafPosition {
	/** Null for the root tree. */
	readonly tree: string | null;
	readonly index: number;
}

/** The stored hashes of leaves, in the order of `positions`; null if a leaf does not exist or the transaction's firm may not see it. */
export async function selectProofHashes(
	tx: Transaction,
	positions: readonly TreeLeafPosition[],
): Promise<(Uint8Array | null)[]> {
	if (positions.length === 0) return [];
	const ofRoot = positions.flatMap(({ tree, index }) => (tree === null ? [index] : []));
	const { rows } = await tx.execute(sql`
		select coalesce(l.hashes, r.hashes) as hashes from unnest(
			${sql.param(positions.map(({ tree }) => tree))}::uuid[], ${sql.param(positions.map(({ index }) => index))}::bigint[]
		) with ordinality asked (tree, index, at)
		left join public.audit_leaves l on l.tree = asked.tree and l.index = asked.index
		left join public.audit_root_hashes(${sql.param(ofRoot)}::bigint[]) r on asked.tree is null and r.index = asked.index
		order by asked.at`);
	return rows.map(({ hashes }) => (hashes as Uint8Array | null) ?? null);
}

/** Number of published leaves of a tree; null if there are none. */
const publishedSize = (tree: SQL): SQL =>
	sql`(select max(r.size) from public.audit_root_leaves r where r.tree = ${tree}
		and r.index < (select max(c.size) from public.audit_root_checkpoints c))`;

/** The indexes of published entries in their trees. */
export async function selectPublishedIndexes(
	tx: Transaction,
	entries: readonly string[],
): Promise<Map<string, number>> {
	const { rows } = await tx.execute(sql`
		select l.entry_id as entry, l.index from public.audit_leaves l
		where l.entry_id = any (${sql.param([...entries])}::uuid[]) and l.index < ${publishedSize(sql`l.tree`)}`);
	return new Map(rows.map(({ entry, index }) => [String(entry), Number(index)]));
}

/** An entry with the index of its leaf. */
export type PublishedEntryRow = AuditEntryRow & { readonly index: number };

/** Published entries of a tree in the order of its leaves, from the index `from` on. */
export async function selectPublishedEntries(
	tx: Transaction,
	tree: string,
	from: number,
	page: KeysetPage,
): Promise<Page<PublishedEntryRow>> {
	const rows = await tx
		.select({ ...auditEntryColumns, index: auditLeaves.index })
		.from(auditLeaves)
		.innerJoin(auditEntries, eq(auditEntries.id, auditLeaves.entryId))
		.where(
			and(
				eq(auditLeaves.tree, tree),
				gte(auditLeaves.index, from),
				sql`${auditLeaves.index} < ${publishedSize(sql`${tree}::uuid`)}`,
				...withinPage(page),
			),
		)
		.orderBy(...orderOfPage(page))
		.limit(page.limit + 1);
	return trimToPage(page, rows);
}

export async function countPublishedEntries(tx: Transaction, tree: string, from: number): Promise<number> {
	const size = await selectNumber(tx, sql`select ${publishedSize(sql`${tree}::uuid`)}`);
	return Math.max(0, size - from);
}

/** The published leaves of the root tree that name the signing key, newest first. */
export async function selectSignerLeaves(tx: Transaction, most: number): Promise<string[]> {
	const newest = newestRoot(tx);
	const rows = await tx
		.select({ leaf: auditRootLeaves.leaf })
		.from(auditRootLeaves)
		.innerJoin(newest, lt(auditRootLeaves.index, newest.size))
		.where(eq(auditRootLeaves.kind, 'SIGNER'))
		.orderBy(desc(auditRootLeaves.index))
		.limit(most);
	return rows.map(({ leaf }) => leaf);
}
