import { asc, gt, sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';
import { selectBoolean } from '../single-row.ts';
import type { RootCheckpointRow } from '../statements/audit-log/audit-log.ts';
import { auditRootCheckpoints } from '../tables/index.ts';

export const selectRootCheckpointsAfter = (tx: Transaction, size: number, most: number): Promise<RootCheckpointRow[]> =>
	tx
		.select()
		.from(auditRootCheckpoints)
		.where(gt(auditRootCheckpoints.size, size))
		.orderBy(asc(auditRootCheckpoints.size))
		.limit(most);

/** Number of leaves of each firm's tree, by the greatest index. */
export async function selectTreeSizes(tx: Transaction): Promise<Map<string, number>> {
	const { rows } = await tx.execute(sql`
		select tree, (max(index) + 1)::text as size from public.audit_leaves group by tree`);
	return new Map(rows.map(({ tree, size }) => [String(tree), Number(size)]));
}

/**
 * Whether the log can continue from its recorded counts: each tree's size is its number of leaves, and its signed size is that of its last
 * checkpoint; exactly the entries up to the cursor are leaves; and no entry names a future transaction, as entries of another cluster may.
 */
export const areLogCountsSound = (tx: Transaction): Promise<boolean> =>
	selectBoolean(
		tx,
		sql`
		select not exists (
			select from (select tree, max(index) + 1 as size from public.audit_leaves group by tree) l
			full join public.audit_trees t using (tree)
			where l.size is distinct from t.size or t.signed <> coalesce(
				(select max(r.size) from public.audit_root_leaves r where r.tree = t.tree), 0)
		) and not exists (
			select from public.audit_entries e
			left join public.audit_leaves l on l.entry_id = e.id
			cross join public.audit_state s
			where (l.entry_id is null) = ((e.transaction, e.id) <= (s.after_transaction, s.after_entry))
				or e.transaction >= pg_snapshot_xmax(pg_current_snapshot())
		) as yes`,
	);
