import { readExpectedCatalogue } from '../../src/database/index.ts';

export type Area = 'tables' | 'privileges' | 'policies' | 'triggers' | 'constraints' | 'functions' | 'roles';

/** A change of a database, the line that reports it, and the other areas that report it. `DB` is the database's name. */
export type Break = readonly [statement: string, line: string, ...elsewhere: Area[]];

const LOCK = readExpectedCatalogue();
function partsOf(area: Area, form: RegExp): string[][] {
	const parts = LOCK.flatMap((line) => {
		const found = line.startsWith(`${area}: `) && form.exec(line.slice(area.length + 2));
		return found ? [found.slice(1)] : [];
	});
	if (parts.length === 0) throw new Error(`No line of ${area} in the lock file is like ${form}.`);
	return parts;
}

/** The database's functions, and the line of each without the fingerprint of its result and body. */
export const FUNCTIONS = partsOf('functions', /^((\w+)\(.*)[0-9a-f]{16}$/).map(
	([line = '', name = '']) => [name, line] as const,
);

/** Replaces only the body: keeps name, arguments, result, language, owner, security and settings. */
export const withOtherBody = (name: string): string => `do $break$
	declare
		whole text := pg_get_functiondef('public.${name}'::regproc);
		head text := regexp_replace(whole, E'\\n(AS|RETURN|BEGIN ATOMIC)\\\\M.*$', '');
	begin
		if head = whole then raise exception 'its body was not found'; end if;
		set local check_function_bodies = off;
		execute head || ' AS ''begin end''';
	end $break$`;

const PLANES = ['firm', 'portal', 'operator', 'break_glass', 'broker', 'worker', 'maintenance', 'log', 'signer'];
const ROLES = PLANES.map((plane) => `firmseal_${plane}`);

/** Privileges that only a few roles, or none, have on what the locks, the log, leases and jobs depend on, with these roles. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
	'select on notes': ['firm', 'break_glass', 'maintenance'],
	'select (body) on notes': [],
	'insert (title) on notes': [],
	'update (title) on notes': ['firm', 'maintenance'],
	'delete on notes': [],
	'update (leaf) on audit_entries': [],
	'delete on audit_leaves': [],
	'update (request_hash) on leases': [],
	'delete on lease_ends': [],
	'update (terms) on jobs': [],
	'delete on key_floors': [],
	'usage on schema drizzle': [],
	'temporary on database': [],
};
const GRANTS: readonly Break[] = Object.entries(RIGHTS).flatMap(([grant, planes]) =>
	[...ROLES, 'firmseal_operator_login', 'firmseal_broker_login', 'PUBLIC']
		.filter((to) => !planes.includes(to.replace('firmseal_', '')))
		.map((to): Break => [`grant ${grant.replace(/database$/, 'database DB')} to ${to}`, `+ ${grant} to ${to}`]),
);

const TITLE_TAG = `check (substring(title from 7 for 4) = substring(sha256(convert_to(firm_id::text, 'UTF8')) from 1 for 4))`;

/** One change for each area, on objects that the lock file names. */
export const BREAKS: Readonly<Record<Area, readonly Break[]>> = {
	tables: [
		...partsOf('tables', /^(\w+) is a table/).map(
			([table]): Break => [
				`alter table ${table} disable row level security`,
				`+ ${table} is a table, owner firmseal_owner, row security off`,
			],
		),
		['alter table notes no force row level security', '+ notes is a table, owner firmseal_owner, row security on. Run'],
		['alter table notes owner to firmseal_firm', '+ notes is a table, owner firmseal_firm,', 'privileges'],
		[
			'alter table audit_entries set unlogged',
			'+ audit_entries is a table, owner firmseal_owner, row security on and forced, unlogged',
		],
		['alter table notes alter title type bytea', '- notes.title is public.sealed'],
		['alter table audit_entries alter transaction drop default', '+ audit_entries.transaction is xid8 not null'],
		['alter table leases alter request_mac drop not null', '- leases.request_mac is bytea not null'],
		['create table forgotten (firm_id uuid)', '+ forgotten is a table, owner postgres, row security off'],
		['create view peek as select title from notes', '+ peek is a view, owner postgres'],
		['create materialized view stored as select title from notes', '+ stored is a materialized view'],
		['create table evil () inherits (notes)', '+ evil is a table', 'constraints'],
		['drop table data_keys cascade', '- data_keys is a table', 'privileges', 'policies', 'constraints', 'triggers'],
	],
	privileges: [
		...GRANTS,
		...FUNCTIONS.map(
			([name]): Break => [`grant execute on function ${name} to public`, `+ execute on function ${name}(`],
		),
		[
			'grant select on firms to firmseal_firm with grant option',
			'+ select on firms to firmseal_firm with grant option',
		],
		['revoke insert on data_keys from firmseal_firm', '- insert on data_keys to firmseal_firm'],
		['revoke insert (lease_id) on lease_ends from firmseal_firm', '- insert (lease_id) on lease_ends to firmseal_firm'],
		['revoke execute on function hold_lease from firmseal_break_glass', '- execute on function hold_lease('],
		['grant create on schema public to public', '+ create on schema public to PUBLIC'],
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
		...partsOf('policies', /^policy (\w+) on (\w+) (permissive|restrictive) /).map(
			([name, table, kind]): Break => [`drop policy ${name} on ${table}`, `- policy ${name} on ${table} ${kind}`],
		),
		[
			'alter policy firm on notes using (true)',
			'+ policy firm on notes permissive for all to firmseal_firm using true',
		],
		[
			"alter policy lease_note on notes using (lease_allows(firm_id, 'BILLING'))",
			'- policy lease_note on notes permissive for select to firmseal_break_glass using ((firm_id',
		],
		[
			'alter policy firm_agrees on lease_approvals with check (true)',
			'+ policy firm_agrees on lease_approvals permissive for insert to firmseal_firm with check true',
		],
		['alter policy worker on firms to public', '+ policy worker on firms permissive for all to PUBLIC'],
		[
			'create policy more on lease_ends for delete to firmseal_operator using (true)',
			'+ policy more on lease_ends permissive for delete',
		],
		[
			'create policy more on leases as restrictive to firmseal_broker using (false)',
			'+ policy more on leases restrictive for all to firmseal_broker',
		],
	],
	triggers: [
		...partsOf('triggers', /^CREATE TRIGGER (\w+) .* ON public\.(\w+) /).map(
			([name, table]): Break => [`alter table ${table} disable trigger ${name}`, `+ CREATE TRIGGER ${name} `],
		),
		// Does not fire in replication mode any more.
		['alter table audit_entries enable trigger append_only_row', '- CREATE TRIGGER append_only_row '],
		['drop trigger append_only_statement on audit_entries', '- CREATE TRIGGER append_only_statement '],
		[
			'create rule lost as on insert to audit_entries do instead nothing',
			'+ rule lost on audit_entries: CREATE RULE lost',
		],
		['alter table clients disable trigger all', '- CREATE TRIGGER announce_delete AFTER DELETE ON public.clients'],
		[
			'create trigger late after update on leases for each row execute function record_lease_move()',
			'+ CREATE TRIGGER late AFTER UPDATE ON public.leases',
		],
	],
	constraints: [
		...partsOf('constraints', /^(\w+) on (\w+): (?:CHECK|FOREIGN KEY)/).map(
			([name, table]): Break => [`alter table ${table} drop constraint ${name}`, `- ${name} on ${table}: `],
		),
		['alter domain sealed drop constraint sealed_check', '- sealed_check on domain sealed: CHECK'],
		[
			'alter domain sealed drop constraint sealed_check; alter domain sealed add constraint sealed_check check (true)',
			'+ sealed_check on domain sealed: CHECK (true)',
		],
		[
			`alter table notes drop constraint notes_title_firm_tag; alter table notes add constraint notes_title_firm_tag ${TITLE_TAG} not valid`,
			'NOT VALID',
		],
		[
			'alter table audit_entries drop constraint audit_entries_boot_sequence',
			'- audit_entries_boot_sequence on audit_entries: UNIQUE',
		],
		[
			'alter table lease_approvals drop constraint lease_approvals_lease_id_user_id_pk',
			'- lease_approvals_lease_id_user_id_pk on lease_approvals: PRIMARY KEY',
		],
		['drop index data_keys_one_active', '- CREATE UNIQUE INDEX data_keys_one_active'],
	],
	functions: [
		['alter function hold_lease reset search_path', '+ hold_lease('],
		['alter function use_lease set search_path = public', '+ use_lease('],
		['alter function current_firm owner to firmseal_firm', '+ current_firm(), owner firmseal_firm', 'privileges'],
		[
			'alter function firm_of_job security invoker',
			'+ firm_of_job(of_class text), owner firmseal_owner, sql, set search_path',
		],
		[
			'alter function lease_allows stable',
			'+ lease_allows(of_firm uuid, of_class text), owner firmseal_owner, sql, security definer, stable',
		],
		[
			'alter function lease_allows leakproof',
			'+ lease_allows(of_firm uuid, of_class text), owner firmseal_owner, sql, security definer, leakproof',
		],
		[
			`create function all_notes() returns setof notes language sql security definer as 'select * from notes'; revoke execute on function all_notes from public`,
			'+ all_notes(), owner postgres, sql, security definer',
		],
		['drop function count_open_leases', '- count_open_leases(of_user uuid), owner', 'privileges'],
	],
	roles: [
		...ROLES.flatMap((role) =>
			[
				['superuser', 'super'],
				['bypassrls', 'bypassrls'],
				['login', 'canlogin'],
				['inherit', 'inherit'],
				['createrole', 'createrole'],
				['createdb', 'createdb'],
				['replication', 'replication'],
			].map(([attribute, shown]): Break => [`alter role ${role} ${attribute}`, `+ role ${role} ${shown}`]),
		),
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
		// A login may set these for itself.
		[
			'alter role firmseal_operator_login in database DB set statement_timeout = 1',
			'+ firmseal_operator_login begins with statement_timeout (ALTER ROLE firmseal_operator_login IN DATABASE ',
		],
		[
			'alter role firmseal_broker_login set made.name = 1',
			'+ firmseal_broker_login begins with made.name (ALTER ROLE firmseal_broker_login RESET made.name takes it away)',
		],
		['grant firmseal_firm to firmseal_operator', '+ firmseal_operator is a member of firmseal_firm'],
		['grant pg_read_all_data to firmseal_operator', '+ firmseal_operator is a member of pg_read_all_data'],
		// A login may become its own plane, with its parts.
		...[
			['portal', 'operator', 'break_glass and firmseal_operator and firmseal_portal'],
			['firm', 'operator', 'break_glass and firmseal_firm and firmseal_operator'],
			['break_glass', 'firm', 'break_glass and firmseal_firm and firmseal_portal'],
			['maintenance', 'firm', 'firm and firmseal_maintenance and firmseal_portal'],
			['signer', 'firm', 'firm and firmseal_portal and firmseal_signer'],
			['log', 'broker', 'broker and firmseal_log'],
			['operator', 'broker', 'broker and firmseal_operator'],
			['owner', 'worker', 'log and firmseal_maintenance and firmseal_owner and firmseal_signer and firmseal_worker'],
		].map(
			([role, login, become]): Break => [
				`grant firmseal_${role} to firmseal_${login}_login`,
				`+ firmseal_${login}_login may become firmseal_${become}`,
			],
		),
		...['portal', 'break_glass', 'maintenance', 'log', 'signer'].map(
			(role): Break => [
				`create role stranger login noinherit; grant firmseal_${role} to stranger`,
				`+ stranger may become firmseal_${role}`,
			],
		),
		[
			'create role of_two login noinherit; grant firmseal_firm, firmseal_signer to of_two',
			'+ of_two may become firmseal_firm and firmseal_signer',
		],
		[
			'create role between nologin; grant firmseal_firm to between; grant between to firmseal_operator_login',
			'+ firmseal_operator_login may become firmseal_break_glass and firmseal_firm and firmseal_operator',
		],
		[
			'grant pg_read_all_data to firmseal_worker_login',
			'+ firmseal_worker_login signs in to a plane and is a member of pg_read_all_data',
		],
		['alter role firmseal_firm_login superuser', '+ firmseal_firm_login signs in to a plane and has super'],
	],
};

/** Changes that two areas report, with the line in each. */
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
