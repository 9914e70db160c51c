import { sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';

/** Tables whose rows never change otherwise, by a trigger that the owner too is refused by (drizzle/0010_audit_log.sql). */
const APPEND_ONLY = [
	'audit_entries',
	'audit_leaves',
	'audit_root_leaves',
	'audit_root_checkpoints',
	'audit_anchors',
] as const;
const TRIGGERS = ['append_only_row', 'append_only_statement', 'append_only_truncate'] as const;
const TABLES = [...APPEND_ONLY, 'audit_trees', 'audit_boots'] as const;

/** Milliseconds: whoever reads the log waits behind this one. */
const LOCK_TIMEOUT = 30_000;

/** Lets the owner change the log until the transaction ends, and nobody else read or write it. */
export async function unlockLogForOwner(tx: Transaction): Promise<void> {
	await tx.execute(sql.raw(`set local lock_timeout = ${LOCK_TIMEOUT}`));
	await tx.execute(
		sql.raw(`lock table ${TABLES.map((table) => `public.${table}`).join(', ')} in access exclusive mode`),
	);
	for (const table of TABLES) await tx.execute(sql.raw(`alter table public.${table} no force row level security`));
	for (const table of APPEND_ONLY)
		for (const trigger of TRIGGERS) await tx.execute(sql.raw(`alter table public.${table} disable trigger ${trigger}`));
}

/** Everything is as it was. */
export async function relockLog(tx: Transaction): Promise<void> {
	for (const table of APPEND_ONLY)
		for (const trigger of TRIGGERS)
			await tx.execute(sql.raw(`alter table public.${table} enable always trigger ${trigger}`));
	for (const table of TABLES) await tx.execute(sql.raw(`alter table public.${table} force row level security`));
}
