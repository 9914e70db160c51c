import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';

/** In how many rows the database differs from what is anchored; what is newer than that is not counted. */
export interface LogDifferences {
	/** Anchored, and not there. */
	readonly entriesMissing: number;
	/** There with another text, firm, boot or number. */
	readonly entriesChanged: number;
	/** Leaves of firms' trees, of the root tree, and its checkpoints: not there or others; of checkpoints also too many. */
	readonly leaves: number;
	readonly rootLeaves: number;
	readonly rootCheckpoints: number;
}

/** The entry `e` is not what the anchored leaf `a` says. */
export const CHANGED: SQL = sql`(e.leaf <> a.leaf or e.boot <> a.boot or e.sequence <> a.sequence
	or e.firm_id is distinct from a.firm)`;

/** There is exactly the leaf `l`, the leaf of the root tree `r`, the checkpoint `c`, in what is anchored. */
export const ANCHORED = {
	leaf: sql`exists (select from pg_temp.anchored_leaves a
		where a.tree = l.tree and a.index = l.index and a.entry = l.entry_id and a.hashes = l.hashes)`,
	rootLeaf: sql`exists (select from pg_temp.anchored_root_leaves a
		where a.index = r.index and a.kind = r.kind and a.tree is not distinct from r.tree and a.size is not distinct from r.size
			and a.leaf = r.leaf and a.hashes = r.hashes)`,
	rootCheckpoint: sql`exists (select from pg_temp.anchored_root_checkpoints a where a.size = c.size and a.note = c.note)`,
	anchor: sql`exists (select from pg_temp.anchored_anchors a
		where a.number = n.number and a.size = n.size and a.sha256 = n.sha256)`,
} as const;

/** Anchors that are written down and aren't there, or are others. */
export async function countWrongAnchors(tx: Transaction): Promise<number> {
	const {
		rows: [row],
	} = await tx.execute(sql`select count(*) as count from public.audit_anchors n where not ${ANCHORED.anchor}`);
	return Number(row?.count);
}

/** Whether a note is one of those that anchors end with, or is of the tree that they have. */
export async function isNoteStaged(tx: Transaction, note: string): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select exists (select from pg_temp.anchored_root_checkpoints where note = ${note}) as yes`);
	return row?.yes === true;
}

export async function countDifferences(tx: Transaction): Promise<LogDifferences> {
	// As whose the tables are; of temporary ones the server learns nothing by itself.
	await tx.execute(sql.raw('reset role; analyze anchored_leaves, anchored_root_leaves; set role firmseal_owner'));
	const {
		rows: [row = {}],
	} = await tx.execute(sql`
		select
			(select count(*) from pg_temp.anchored_leaves a
				where not exists (select from public.audit_entries e where e.id = a.entry)) as entries_missing,
			(select count(*) from pg_temp.anchored_leaves a join public.audit_entries e on e.id = a.entry
				where ${CHANGED}) as entries_changed,
			(select count(*) from pg_temp.anchored_leaves a where not exists (select from public.audit_leaves l
				where l.tree = a.tree and l.index = a.index and l.entry_id = a.entry and l.hashes = a.hashes)) as leaves,
			(select count(*) from pg_temp.anchored_root_leaves a where not exists (select from public.audit_root_leaves r
				where r.index = a.index and r.kind = a.kind and r.tree is not distinct from a.tree
					and r.size is not distinct from a.size and r.leaf = a.leaf and r.hashes = a.hashes)) as root_leaves,
			(select count(*) from pg_temp.anchored_root_checkpoints a where not exists (select from public.audit_root_checkpoints c
				where c.size = a.size and c.note = a.note))
			+ (select count(*) from public.audit_root_checkpoints c
				where c.size <= (select count(*) from pg_temp.anchored_root_leaves) and not ${ANCHORED.rootCheckpoint}
					and not exists (select from pg_temp.anchored_root_checkpoints a where a.size = c.size)) as root_checkpoints`);
	return {
		entriesMissing: Number(row.entries_missing),
		entriesChanged: Number(row.entries_changed),
		leaves: Number(row.leaves),
		rootLeaves: Number(row.root_leaves),
		rootCheckpoints: Number(row.root_checkpoints),
	};
}
