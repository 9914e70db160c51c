import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';
import { selectBoolean, selectNumber } from '../single-row.ts';

/** Numbers of rows in which the database differs from the anchors. Rows newer than the last anchor do not count. */
export interface LogDifferences {
	/** Anchored, but not in the database. */
	readonly entriesMissing: number;
	/** In the database with another text, firm, boot or number. */
	readonly entriesChanged: number;
	/** Leaves of firms' trees that are missing or differ. */
	readonly leaves: number;
	readonly rootLeaves: number;
	/** Checkpoints of the root tree that are missing, differ or are extra. */
	readonly rootCheckpoints: number;
}

/** The entry `e` differs from the anchored leaf `a`. */
export const CHANGED: SQL = sql`(e.leaf <> a.leaf or e.boot <> a.boot or e.sequence <> a.sequence
	or e.firm_id is distinct from a.firm)`;

/** The anchors contain exactly the leaf `l`, the root leaf `r`, the checkpoint `c` or the anchor `n`. */
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

/** Anchors that the database records, but that are missing or differ. */
export const countWrongAnchors = (tx: Transaction): Promise<number> =>
	selectNumber(tx, sql`select count(*) as count from public.audit_anchors n where not ${ANCHORED.anchor}`);

/** Whether a checkpoint's note is staged: the last note of an anchor, or a note for the anchored tree. */
export const isNoteStaged = (tx: Transaction, note: string): Promise<boolean> =>
	selectBoolean(tx, sql`select exists (select from pg_temp.anchored_root_checkpoints where note = ${note}) as yes`);

export async function countDifferences(tx: Transaction): Promise<LogDifferences> {
	// Only the owner of the temporary tables may analyze them, and autovacuum never does.
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
