export type Area = 'tables' | 'privileges' | 'policies' | 'triggers' | 'constraints' | 'functions' | 'roles';

/** What somebody may have done to a database, the line that tells it, and where else it shows. `DB` is the database's name. */
export type Break = readonly [statement: string, line: string, ...elsewhere: Area[]];

const TITLE_TAG = `check (substring(title from 7 for 4) = substring(sha256(convert_to(firm_id::text, 'UTF8')) from 1 for 4))`;

const OF_SEALED: Break[] = ['firmseal_operator', 'firmseal_worker', 'firmseal_operator_login', 'public'].flatMap(
	(role): Break[] => {
		const shown = role === 'public' ? 'PUBLIC' : role;
		return [
			[`grant select on notes to ${role}`, `+ select on notes to ${shown}`],
			[`grant select (body) on notes to ${role}`, `+ select (body) on notes to ${shown}`],
			[`grant update (title) on notes to ${role}`, `+ update (title) on notes to ${shown}`],
			[`grant insert (title) on notes to ${role}`, `+ insert (title) on notes to ${shown}`],
		];
	},
);

const OF_AUDIT: Break[] = ['firm', 'operator', 'worker'].flatMap((side): Break[] => [
	[`grant delete on audit_entries to firmseal_${side}`, `+ delete on audit_entries to firmseal_${side}`],
	[`grant truncate on audit_entries to firmseal_${side}`, `+ truncate on audit_entries to firmseal_${side}`],
	[`grant update (leaf) on audit_entries to firmseal_${side}`, `+ update (leaf) on audit_entries to firmseal_${side}`],
]);

const OF_APPEND_ONLY: Break[] = ['append_only_row', 'append_only_statement', 'append_only_truncate'].flatMap(
	(trigger): Break[] => [
		[`alter table audit_entries disable trigger ${trigger}`, `+ CREATE TRIGGER ${trigger} `],
		// Fires no more in replication mode.
		[`alter table audit_entries enable trigger ${trigger}`, `- CREATE TRIGGER ${trigger} `],
		[`drop trigger ${trigger} on audit_entries`, `- CREATE TRIGGER ${trigger} `],
	],
);

export const BREAKS: Readonly<Record<Area, readonly Break[]>> = {
	tables: [
		['alter table notes no force row level security', '+ notes is a table, owner firmseal_owner, row security on'],
		[
			'alter table data_keys disable row level security',
			'+ data_keys is a table, owner firmseal_owner, row security off',
		],
		['alter table notes owner to firmseal_firm', '+ notes is a table, owner firmseal_firm,', 'privileges'],
		[
			'alter table audit_entries set unlogged',
			'+ audit_entries is a table, owner firmseal_owner, row security on and forced, unlogged',
		],
		['alter table notes alter title type bytea', '- notes.title is public.sealed'],
		['alter table audit_entries alter transaction drop default', '+ audit_entries.transaction is xid8 not null'],
		['create table forgotten (firm_id uuid)', '+ forgotten is a table, owner postgres, row security off'],
		['create view peek as select title from notes', '+ peek is a view, owner postgres'],
		['create materialized view stored as select title from notes', '+ stored is a materialized view'],
		['create table evil () inherits (notes)', '+ evil is a table', 'constraints'],
		['drop table data_keys', '- data_keys is a table', 'privileges', 'policies', 'constraints'],
	],
	privileges: [
		...OF_SEALED,
		...OF_AUDIT,
		[
			'grant insert (transaction, appended_at) on audit_entries to firmseal_firm',
			'+ insert (transaction) on audit_entries to firmseal_firm',
		],
		['grant insert on audit_entries to public', '+ insert on audit_entries to PUBLIC'],
		['grant delete on notes to firmseal_firm', '+ delete on notes to firmseal_firm'],
		['grant update on users to firmseal_worker', '+ update on users to firmseal_worker'],
		['grant update on data_keys to firmseal_operator', '+ update on data_keys to firmseal_operator'],
		[
			'grant select on firms to firmseal_firm with grant option',
			'+ select on firms to firmseal_firm with grant option',
		],
		['revoke insert on data_keys from firmseal_firm', '- insert on data_keys to firmseal_firm'],
		[
			'grant execute on function identify to public',
			'+ execute on function identify(of_issuer text, of_subject text) to PUBLIC',
		],
		['grant create on schema public to public', '+ create on schema public to PUBLIC'],
		['grant usage on schema drizzle to firmseal_operator', '+ usage on schema drizzle to firmseal_operator'],
		['grant temporary on database DB to public', '+ temporary on database to PUBLIC'],
		['grant temporary on database DB to firmseal_worker', '+ temporary on database to firmseal_worker'],
		['grant create on database DB to firmseal_operator_login', '+ create on database to firmseal_operator_login'],
		['alter database DB owner to firmseal_worker_login', '+ ownership of database to firmseal_worker_login'],
		[
			'grant set on parameter session_replication_role to firmseal_worker',
			'+ set on parameter session_replication_role to firmseal_worker',
		],
		[
			'alter default privileges for role firmseal_owner grant select on tables to firmseal_operator',
			'+ select on future objects (r) of firmseal_owner to firmseal_operator',
		],
	],
	policies: [
		[
			'alter policy firm on notes using (true)',
			'+ policy firm on notes permissive for all to firmseal_firm using true',
		],
		[
			'create policy more on notes to firmseal_firm using (true)',
			'+ policy more on notes permissive for all to firmseal_firm using true',
		],
		['alter policy worker on firms to public', '+ policy worker on firms permissive for all to PUBLIC'],
		['drop policy firm_reads on audit_entries', '- policy firm_reads on audit_entries'],
	],
	triggers: [
		...OF_APPEND_ONLY,
		[
			'alter table memberships disable trigger one_side_only',
			'+ CREATE TRIGGER one_side_only BEFORE INSERT OR UPDATE OF user_id ON public.memberships',
		],
		[
			'create rule lost as on insert to audit_entries do instead nothing',
			'+ rule lost on audit_entries: CREATE RULE lost',
		],
		['alter table clients disable trigger all', '+ disabled on clients: constraint clients_firm_id_firms_id_fk'],
	],
	constraints: [
		['alter domain sealed drop constraint sealed_check', '- sealed_check on domain sealed: CHECK'],
		[
			'alter domain sealed drop constraint sealed_check; alter domain sealed add constraint sealed_check check (true)',
			'+ sealed_check on domain sealed: CHECK (true)',
		],
		['alter table notes drop constraint notes_title_firm_tag', '- notes_title_firm_tag on notes: CHECK'],
		[
			`alter table notes drop constraint notes_title_firm_tag; alter table notes add constraint notes_title_firm_tag ${TITLE_TAG} not valid`,
			'NOT VALID',
		],
		[
			'alter table audit_entries drop constraint audit_entries_boot_sequence',
			'- audit_entries_boot_sequence on audit_entries: UNIQUE',
		],
		['drop index data_keys_one_active', '- CREATE UNIQUE INDEX data_keys_one_active'],
		[
			'alter table notes drop constraint notes_firm_id_firms_id_fk',
			'- notes_firm_id_firms_id_fk on notes: FOREIGN KEY',
		],
	],
	functions: [
		[
			`create or replace function refuse_audit_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as 'begin return new; end'`,
			'+ refuse_audit_change(), owner firmseal_owner',
		],
		[
			'alter function identify reset search_path',
			'+ identify(of_issuer text, of_subject text), owner firmseal_owner, sql, security definer, stable, returns',
		],
		['alter function current_firm owner to firmseal_firm', '+ current_firm(), owner firmseal_firm', 'privileges'],
		[
			`create or replace function current_firm() returns uuid language sql stable parallel safe set search_path = pg_catalog, pg_temp return null::uuid`,
			'+ current_firm()',
		],
		[
			`create function all_notes() returns setof notes language sql security definer as 'select * from notes'; revoke execute on function all_notes from public`,
			'+ all_notes(), owner postgres, sql, security definer',
		],
	],
	roles: [
		['alter database DB set search_path = evil, public', '+ every login begins with search_path'],
		['alter database DB set row_security = off', '+ every login begins with row_security'],
		[
			'alter role firmseal_worker_login set session_replication_role = replica',
			'+ firmseal_worker_login begins with session_replication_role',
		],
		[
			'alter role firmseal_operator_login in database DB set role = firmseal_break_glass',
			'+ firmseal_operator_login begins with role',
		],
		['grant firmseal_firm to firmseal_operator', '+ firmseal_operator is a member of firmseal_firm'],
		['grant pg_read_all_data to firmseal_operator', '+ firmseal_operator is a member of pg_read_all_data'],
		[
			'grant firmseal_firm to firmseal_operator_login',
			'+ firmseal_operator_login may become firmseal_break_glass and firmseal_firm and firmseal_operator',
		],
		[
			'create role between nologin; grant firmseal_firm to between; grant between to firmseal_operator_login',
			'+ firmseal_operator_login may become firmseal_break_glass and firmseal_firm and firmseal_operator',
		],
		[
			'grant firmseal_owner to firmseal_worker_login',
			'+ firmseal_worker_login may become firmseal_log and firmseal_maintenance and firmseal_owner and firmseal_signer and firmseal_worker',
		],
		[
			'grant pg_read_all_data to firmseal_worker_login',
			'+ firmseal_worker_login signs in to a plane and is a member of pg_read_all_data',
		],
		['alter role firmseal_operator bypassrls', '+ role firmseal_operator bypassrls'],
		['alter role firmseal_firm login', '+ role firmseal_firm canlogin'],
		['alter role firmseal_firm_login superuser', '+ firmseal_firm_login signs in to a plane and has super'],
	],
};

/** What concerns two areas at once, by the line in each. */
export const IN_TWO_AREAS: readonly [statement: string, ...lines: string[]][] = [
	[
		'create view peek as select title from notes; grant select on peek to firmseal_operator',
		'+ peek is a view',
		'+ select on peek to firmseal_operator',
	],
	[
		`create function all_notes() returns setof notes language sql security definer as 'select * from notes'`,
		'+ execute on function all_notes() to PUBLIC',
		'+ all_notes(), owner postgres, sql, security definer',
	],
	[
		'create schema aside; grant usage on schema aside to public; create view aside.peek as select title from public.notes; grant select on aside.peek to firmseal_operator',
		'+ aside.peek is a view, owner postgres',
		'+ select on aside.peek to firmseal_operator',
	],
	[
		`create schema aside; grant usage on schema aside to firmseal_operator_login; create function aside.f() returns setof public.notes language sql security definer as 'select * from public.notes'`,
		'+ execute on function aside.f() to PUBLIC',
		'+ aside.f(), owner postgres, sql, security definer',
	],
];
