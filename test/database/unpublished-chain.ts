import type { Sql } from 'postgres';

/** Some of drizzle's records of the migrations before the first published version: the first, two later ones, and the last. */
const RECORDED = [
	{ hash: 'ab9be8ac0b9efd4839ba50f79706eac36b5fdcc8edbfab0177cecd3bb165d9b0', at: 1_795_540_541_612 },
	{ hash: '328fa8a708be4346157ded366dc4694d9ae04e0bed4523edf383fd4a786ea63e', at: 1_795_540_542_577 },
	{ hash: '389072c62286d606959de33bbaabdea599d2d073227a0e5b097fb1c9e69c9edc', at: 1_795_540_543_674 },
	{ hash: '7765eaf6cb547fab4db4e9b3eb9be0b25117c2de23e7e1801f899641b2a82871', at: 1_795_929_461_016 },
] as const;

/** Turns an empty database into one from before the first published version, as far as it matters: its records, a table and a row. */
export async function makeUnpublished(root: Sql): Promise<void> {
	await root.unsafe(`
		do $$ begin create role firmseal_owner nologin noinherit; exception when duplicate_object then null; end $$;
		create schema drizzle authorization firmseal_owner;
		grant create, usage on schema public to firmseal_owner;
		set role firmseal_owner;
		create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
		create table public.firms (id uuid primary key, slug text, name text, status text, revision integer, created_at timestamptz);
		insert into public.firms values ('019ac000-0000-7000-8000-000000000001', 'kept', 'Kept Legal', 'ACTIVE', 1, '2026-11-24 10:00:00+00');
		reset role`);
	for (const { hash, at } of RECORDED)
		await root`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${at})`;
}

/** Catalogues of the database and its server, without columns that PostgreSQL changes by itself. */
const CATALOGUES = {
	pg_authid: '*',
	pg_auth_members: '*',
	pg_attribute: '*',
	pg_class: 'oid, relname, relnamespace, relowner, relacl, relrowsecurity, relforcerowsecurity, relkind',
	pg_constraint: '*',
	pg_database: 'oid, datname, datdba, datacl',
	pg_db_role_setting: '*',
	pg_default_acl: '*',
	pg_event_trigger: '*',
	pg_namespace: '*',
	pg_policy: '*',
	pg_proc: '*',
	pg_trigger: '*',
	pg_type: '*',
} as const;

/** Everything that preparing a database could change: the rows of the catalogues and of each table. */
export async function everythingIn(root: Sql): Promise<Readonly<Record<string, string>>> {
	const tables = await root`select format('%I.%I', schemaname, tablename) as name from pg_tables
		where schemaname in ('public', 'drizzle') order by 1`;
	const selects = [
		...Object.entries(CATALOGUES).map(
			([name, columns]) => [name, `select ${columns} from pg_catalog.${name}`] as const,
		),
		...tables.map(({ name }) => [String(name), `select * from ${name}`] as const),
	];
	const found: Record<string, string> = {};
	for (const [name, select] of selects) {
		const [row] = await root.unsafe(`select string_agg(t::text, e'\\n' order by t::text) as rows from (${select}) t`);
		found[name] = String(row?.rows);
	}
	return found;
}
