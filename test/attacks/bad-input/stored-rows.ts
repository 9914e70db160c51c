import type { Sql } from 'postgres';

/**
 * Tables that refused requests may change: the log grows with every request; sealing reserves values of a key before the request
 * succeeds; refusals of the key service are shared with other processes.
 */
const LEFT_OUT = [
	'audit_entries',
	'audit_leaves',
	'audit_trees',
	'audit_root_leaves',
	'audit_root_checkpoints',
	'audit_anchors',
	'audit_boots',
	'audit_runs',
	'audit_state',
	'data_keys',
	'key_refusals',
];

const statements = new WeakMap<Sql, string>();

/** The number of rows and a digest of every other table, so that no change goes unnoticed. */
export async function storedRows(admin: Sql): Promise<Readonly<Record<string, string>>> {
	const statement = statements.get(admin) ?? (await writeStatement(admin));
	statements.set(admin, statement);
	const rows = await admin.unsafe<{ name: string; digest: string }[]>(statement, [], { prepare: true });
	return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

async function writeStatement(admin: Sql): Promise<string> {
	const tables = await admin<{ name: string }[]>`
		select relname as name from pg_class
		where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and relname <> all (${LEFT_OUT}) order by 1`;
	const digests = tables.map(
		({ name }) =>
			`select '${name}' as name, count(*) || ' ' || sum(hashtextextended(t::text, 0)) as digest from "${name}" t`,
	);
	return digests.join(' union all ');
}
