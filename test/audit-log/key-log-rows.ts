import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';

const TABLES = ['key_log_entries', 'key_log_checkpoints', 'key_log_wishes', 'audit_entries'];

/** Appends entries that are right as far as the database and the signer can tell. Returns their hashes. */
export async function appendEntries(admin: Sql, firm: string, count: number): Promise<string[]> {
	const [last] = await admin`select seq, hash from key_log_entries where firm_id = ${firm} order by seq desc limit 1`;
	const hashes: string[] = [];
	const rows = Array.from({ length: count }, (_, at) => {
		const seq = (last?.seq ?? -1) + 1 + at;
		const leaf = JSON.stringify({ firm, prev: hashes.at(-1) ?? last?.hash ?? '0'.repeat(64), seq });
		hashes.push(createHash('sha256').update(leaf).digest('hex'));
		return { firm_id: firm, seq, leaf };
	});
	await admin`insert into key_log_entries ${admin(rows)}`;
	return hashes;
}

/** Adds entries to the audit log that name these hashes of key-log entries, as the API does; each with a process run of its own. */
export async function recordEntries(admin: Sql, firm: string, hashes: readonly string[]): Promise<void> {
	const [like] = await admin`select leaf from audit_entries order by id limit 1`;
	// Older than an append takes, and in order.
	const since = Date.now() - 600_000;
	const rows = hashes.map((hash, at) => {
		const [id, boot] = [uuidv7({ msecs: since + at }), uuidv7()];
		const own = { action: 'key-log.append', boot, firm, hash, id, sequence: 1, v: 2 };
		const leaf = canonicalize({ ...JSON.parse(like?.leaf), ...own }) as string;
		return { id, firm_id: firm, boot, sequence: 1, leaf, role: 'firmseal_worker' };
	});
	await withoutTriggers(admin, (sql) => sql`insert into audit_entries ${sql(rows)}`);
}

/** Changes key logs and entries of the audit log with their triggers disabled. */
export async function withoutTriggers(admin: Sql, work: (sql: Sql) => Promise<unknown>): Promise<void> {
	await admin.begin(async (sql) => {
		const triggers = await sql`select tgrelid::regclass::text as table, tgname as name from pg_trigger
			where tgrelid::regclass::text = any (${TABLES}) and not tgisinternal`;
		for (const table of TABLES) await sql`alter table ${sql(table)} disable trigger user`;
		await work(sql as unknown as Sql);
		for (const { table, name } of triggers) await sql`alter table ${sql(table)} enable always trigger ${sql(name)}`;
	});
}
