import { sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';
import { ANCHORED, CHANGED } from './count-differences.ts';

/** Rows of one query. */
const PAGE = 1_000;

interface PendingEntry {
	readonly id: string;
	readonly firm: string | null;
	readonly leaf: string;
}

/** Stages entries that conflict with anchored ones: another text under the same id, or the same number of the same boot under another id. */
export async function stageConflictingEntries(tx: Transaction): Promise<void> {
	await tx.execute(sql`
		insert into pg_temp.removed_entries (id)
		select e.id from public.audit_entries e join pg_temp.anchored_leaves a on a.entry = e.id where ${CHANGED}
		union
		select e.id from public.audit_entries e
		join pg_temp.anchored_leaves a on a.role = e.role and a.boot = e.boot and a.sequence = e.sequence and a.entry <> e.id
		where not exists (select from pg_temp.anchored_leaves own where own.entry = e.id)`);
}

/** Pages of the entries that no anchor has, in the order in which they will become leaves. */
export async function* selectPendingEntries(tx: Transaction): AsyncGenerator<PendingEntry[]> {
	for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
		const { rows } = await tx.execute(sql`
			select e.id, e.firm_id as firm, e.leaf from public.audit_entries e
			where e.id > ${after}::uuid
				and not exists (select from pg_temp.anchored_leaves a where a.entry = e.id)
				and not exists (select from pg_temp.removed_entries r where r.id = e.id)
			order by e.id limit ${PAGE}`);
		const page = rows as unknown as PendingEntry[];
		yield page;
		const last = page.at(-1);
		if (last === undefined || page.length < PAGE) return;
		after = last.id;
	}
}

export async function removeFromPending(tx: Transaction, ids: readonly string[]): Promise<void> {
	if (ids.length === 0) return;
	await tx.execute(sql`insert into pg_temp.removed_entries (id) select unnest(${sql.param([...ids])}::uuid[])`);
}

/** Passes every row that the restore will delete to `show`. */
export async function forEachDisputed(
	tx: Transaction,
	show: (table: string, row: unknown) => Promise<void>,
): Promise<void> {
	await tx.execute(sql`
		declare disputed no scroll cursor for
		select 'audit_entries' as "table", to_jsonb(e) as row from public.audit_entries e
			where exists (select from pg_temp.removed_entries r where r.id = e.id)
		union all select 'audit_leaves', to_jsonb(l) from public.audit_leaves l where not ${ANCHORED.leaf}
		union all select 'audit_root_leaves', to_jsonb(r) from public.audit_root_leaves r where not ${ANCHORED.rootLeaf}
		union all select 'audit_root_checkpoints', to_jsonb(c) from public.audit_root_checkpoints c
			where not ${ANCHORED.rootCheckpoint}
		union all select 'audit_anchors', to_jsonb(n) from public.audit_anchors n where not ${ANCHORED.anchor}`);
	for (;;) {
		const { rows } = await tx.execute(sql.raw(`fetch ${PAGE} from disputed`));
		for (const { table, row } of rows) await show(String(table), row);
		if (rows.length < PAGE) break;
	}
	await tx.execute(sql`close disputed`);
}
