import { expectedCatalogue } from '../../src/database/index.ts';
import type { Area, Break } from './inspect-breaks.ts';

/** What break-glass stands on, broken piece by piece. Where there is one of each, the pieces are those of the lock file. */

const TABLES = [
	'leases',
	'lease_texts',
	'lease_approvals',
	'lease_ends',
	'lease_events',
	'lease_budgets',
	'access_policies',
	'clock_floor',
	'clock_resets',
	'webhook_deliveries',
];

const partsOf = (area: Area, form: RegExp): string[][] =>
	expectedCatalogue().flatMap((line) => {
		const found = line.startsWith(`${area}: `) && form.exec(line.slice(area.length + 2));
		return found ? [found.slice(1)] : [];
	});

const onLeases = ([, table = '']: readonly string[]) => TABLES.includes(table);
const forLeases = ([name = '', table = '']: readonly string[]) =>
	onLeases([name, table]) || /^(lease|broker)/.test(name);

const OF_TABLES: Break[] = TABLES.flatMap((table): Break[] => [
	[`alter table ${table} disable row level security`, `+ ${table} is a table, owner firmseal_owner, row security off`],
	[
		`alter table ${table} no force row level security`,
		`+ ${table} is a table, owner firmseal_owner, row security on. Run`,
	],
]);

const OF_SEALED: Break[] = ['firmseal_break_glass', 'firmseal_broker', 'firmseal_broker_login'].flatMap(
	(role): Break[] => [
		[`grant update (title) on notes to ${role}`, `+ update (title) on notes to ${role}`],
		[`grant insert (title) on notes to ${role}`, `+ insert (title) on notes to ${role}`],
		[`grant delete on notes to ${role}`, `+ delete on notes to ${role}`],
		[`grant update on data_keys to ${role}`, `+ update on data_keys to ${role}`],
		...(role === 'firmseal_break_glass'
			? []
			: [[`grant select (title) on notes to ${role}`, `+ select (title) on notes to ${role}`] as const]),
	],
);

const OF_ROWS: Break[] = ['firm', 'operator', 'broker', 'break_glass', 'worker'].flatMap((side): Break[] =>
	[
		'insert (activation_mac) on leases',
		'update (request_hash) on leases',
		'delete on leases',
		'update on lease_ends',
		'delete on lease_ends',
		'truncate on lease_ends',
		'insert (approved_at) on lease_approvals',
		'update on lease_approvals',
		'delete on lease_approvals',
		'update (used) on lease_budgets',
		'insert on lease_events',
		'update on clock_floor',
	].map((grant): Break => [`grant ${grant} to firmseal_${side}`, `+ ${grant} to firmseal_${side}`]),
);

const EXECUTE: Break[] = partsOf('functions', /^(\w+)\(/).map(
	([name]): Break => [`grant execute on function ${name} to public`, `+ execute on function ${name}(`],
);

const POLICIES: Break[] = partsOf('policies', /^policy (\w+) on (\w+) (permissive|restrictive) /)
	.filter(forLeases)
	.map(([name, table, kind]): Break => [`drop policy ${name} on ${table}`, `- policy ${name} on ${table} ${kind}`]);

const TRIGGERS: Break[] = partsOf('triggers', /^CREATE TRIGGER (\w+) .* ON public\.(\w+) FOR/)
	.filter(onLeases)
	.flatMap(([name, table]): Break[] => [
		[`alter table ${table} disable trigger ${name}`, `+ CREATE TRIGGER ${name} `],
		[`alter table ${table} enable trigger ${name}`, `- CREATE TRIGGER ${name} `],
		[`drop trigger ${name} on ${table}`, `- CREATE TRIGGER ${name} `],
	]);

const CONSTRAINTS: Break[] = partsOf('constraints', /^(\w+) on (\w+): (?:CHECK|FOREIGN KEY)/)
	.filter(onLeases)
	.map(([name, table]): Break => [`alter table ${table} drop constraint ${name}`, `- ${name} on ${table}: `]);

export const LEASE_BREAKS: Readonly<Record<Area, readonly Break[]>> = {
	tables: [
		...OF_TABLES,
		['alter table leases alter request_mac drop not null', '- leases.request_mac is bytea not null'],
		['alter table lease_approvals alter mac drop not null', '- lease_approvals.mac is bytea not null'],
		['alter table leases alter state drop default', "- leases.state is text not null default 'REQUESTED'"],
		['alter table operators drop column mac', '- operators.mac is bytea', 'privileges'],
		[
			'alter table lease_ends set unlogged',
			'+ lease_ends is a table, owner firmseal_owner, row security on and forced, unlogged',
		],
		['alter table leases owner to firmseal_operator', '+ leases is a table, owner firmseal_operator,', 'privileges'],
	],
	privileges: [
		...OF_SEALED,
		...OF_ROWS,
		...EXECUTE,
		[
			'grant update (activated_at) on leases to firmseal_operator',
			'+ update (activated_at) on leases to firmseal_operator',
		],
		[
			'grant update (activation_mac) on leases to firmseal_firm',
			'+ update (activation_mac) on leases to firmseal_firm',
		],
		['grant insert on leases to firmseal_broker', '+ insert on leases to firmseal_broker'],
		['grant select on leases to firmseal_break_glass', '+ select on leases to firmseal_break_glass'],
		['grant insert on lease_approvals to firmseal_broker', '+ insert on lease_approvals to firmseal_broker'],
		['grant update on access_policies to firmseal_operator', '+ update on access_policies to firmseal_operator'],
		['grant insert on clock_resets to firmseal_operator', '+ insert on clock_resets to firmseal_operator'],
		['grant insert on data_keys to firmseal_operator', '+ insert on data_keys to firmseal_operator'],
		['grant select on data_keys to public', '+ select on data_keys to PUBLIC'],
		['grant update (mac) on operators to firmseal_operator', '+ update (mac) on operators to firmseal_operator'],
		['grant update (mac) on memberships to firmseal_broker', '+ update (mac) on memberships to firmseal_broker'],
		['grant select on leases to public', '+ select on leases to PUBLIC'],
		['grant execute on function hold_lease to firmseal_operator', '+ execute on function hold_lease('],
		[
			'grant execute on function reset_clock_floor to firmseal_broker',
			'+ execute on function reset_clock_floor() to firmseal_broker',
		],
		['revoke insert (lease_id) on lease_ends from firmseal_firm', '- insert (lease_id) on lease_ends to firmseal_firm'],
		['revoke execute on function hold_lease from firmseal_break_glass', '- execute on function hold_lease('],
		['revoke select on notes from firmseal_break_glass', '- select on notes to firmseal_break_glass'],
		['grant temporary on database DB to firmseal_operator_login', '+ temporary on database to firmseal_operator_login'],
		['grant temporary on database DB to firmseal_break_glass', '+ temporary on database to firmseal_break_glass'],
	],
	policies: [
		...POLICIES,
		[
			'alter policy lease_note on notes using (true)',
			'+ policy lease_note on notes permissive for select to firmseal_break_glass using true',
		],
		[
			"alter policy lease_note on notes using (lease_allows(firm_id, 'BILLING'))",
			'- policy lease_note on notes permissive for select to firmseal_break_glass using ((firm_id',
		],
		['alter policy lease_billing on invoices rename to lease_note', '+ policy lease_note on invoices permissive'],
		[
			'create policy more on notes to firmseal_break_glass using (true)',
			'+ policy more on notes permissive for all to firmseal_break_glass using true',
		],
		[
			'create policy more on lease_ends for delete to firmseal_operator using (true)',
			'+ policy more on lease_ends permissive for delete',
		],
		[
			'create policy more on leases as restrictive to firmseal_broker using (false)',
			'+ policy more on leases restrictive for all to firmseal_broker',
		],
		[
			'alter policy broker on data_keys using (true)',
			'+ policy broker on data_keys permissive for select to firmseal_broker using true',
		],
		[
			'alter policy operator on data_keys using (true)',
			'+ policy operator on data_keys permissive for select to firmseal_operator using true',
		],
		[
			'alter policy firm_agrees on lease_approvals with check (true)',
			'+ policy firm_agrees on lease_approvals permissive for insert to firmseal_firm with check true',
		],
		[
			'alter policy operator_agrees on lease_approvals with check (true)',
			'+ policy operator_agrees on lease_approvals permissive for insert to firmseal_operator with check true',
		],
		[
			'alter policy operator_appends on audit_entries with check (true)',
			'+ policy operator_appends on audit_entries permissive for insert to firmseal_operator with check true',
		],
	],
	triggers: [
		...TRIGGERS,
		[
			'alter table access_policies disable trigger all',
			'+ disabled on access_policies: constraint access_policies_firm_id_firms_id_fk',
		],
		['create rule lost as on insert to lease_ends do instead nothing', '+ rule lost on lease_ends: CREATE RULE lost'],
		['create rule kept as on update to leases do instead nothing', '+ rule kept on leases: CREATE RULE kept'],
		[
			'create trigger late after update on leases for each row execute function tell_lease()',
			'+ CREATE TRIGGER late AFTER UPDATE ON public.leases',
		],
		['alter table notices disable trigger queue', '+ CREATE TRIGGER queue AFTER INSERT ON public.notices'],
	],
	constraints: [
		...CONSTRAINTS,
		[
			'alter table leases drop constraint leases_minutes_range; alter table leases add constraint leases_minutes_range check (minutes between 1 and 2400)',
			'+ leases_minutes_range on leases: CHECK (((minutes >= 1) AND (minutes <= 2400)))',
		],
		[
			'alter table lease_approvals drop constraint lease_approvals_lease_id_user_id_pk',
			'- lease_approvals_lease_id_user_id_pk on lease_approvals: PRIMARY KEY',
		],
	],
	functions: [
		[
			'alter function lease_allows stable',
			'+ lease_allows(of_firm uuid, of_class text), owner firmseal_owner, sql, security definer, stable',
		],
		[
			'alter function lease_allows leakproof',
			'+ lease_allows(of_firm uuid, of_class text), owner firmseal_owner, sql, security definer, leakproof',
		],
		['alter function lease_records security invoker', '+ lease_records(), owner firmseal_owner, sql, stable'],
		['alter function hold_lease reset search_path', '+ hold_lease('],
		['alter function use_lease set search_path = public', '+ use_lease('],
		['alter function stamp_lease owner to postgres', '+ stamp_lease(), owner postgres'],
		['drop function count_open_leases', '- count_open_leases(of_user uuid), owner', 'privileges'],
	],
	roles: [
		...['break_glass', 'broker'].flatMap((role): Break[] => [
			[`alter role firmseal_${role} bypassrls`, `+ role firmseal_${role} bypassrls`],
			[`alter role firmseal_${role} superuser`, `+ role firmseal_${role} super`],
			[`alter role firmseal_${role} login`, `+ role firmseal_${role} canlogin`],
			[`alter role firmseal_${role} inherit`, `+ role firmseal_${role} inherit`],
			[`alter role firmseal_${role} createrole`, `+ role firmseal_${role} createrole`],
			[`alter role firmseal_${role} replication`, `+ role firmseal_${role} replication`],
		]),
		['grant firmseal_break_glass to firmseal_operator', '+ firmseal_operator is a member of firmseal_break_glass'],
		['grant firmseal_operator to firmseal_broker', '+ firmseal_broker is a member of firmseal_operator'],
		['grant pg_read_all_data to firmseal_break_glass', '+ firmseal_break_glass is a member of pg_read_all_data'],
		[
			'grant firmseal_break_glass to firmseal_firm_login',
			'+ firmseal_firm_login may become firmseal_break_glass and firmseal_firm and firmseal_portal',
		],
		[
			'grant firmseal_break_glass to firmseal_broker_login',
			'+ firmseal_broker_login may become firmseal_break_glass and firmseal_broker',
		],
		[
			'grant firmseal_operator to firmseal_broker_login',
			'+ firmseal_broker_login may become firmseal_broker and firmseal_operator',
		],
		[
			'grant firmseal_broker to firmseal_operator_login',
			'+ firmseal_operator_login may become firmseal_break_glass and firmseal_broker and firmseal_operator',
		],
		[
			'create role stranger login noinherit; grant firmseal_break_glass to stranger',
			'+ stranger may become firmseal_break_glass',
		],
		[
			'create role between nologin; grant firmseal_broker to between; grant between to firmseal_worker_login',
			'+ firmseal_worker_login may become firmseal_broker and firmseal_log and firmseal_maintenance and firmseal_signer and firmseal_worker',
		],
		[
			'grant pg_write_all_data to firmseal_broker_login',
			'+ firmseal_broker_login signs in to a plane and is a member of pg_write_all_data',
		],
		['alter role firmseal_broker_login superuser', '+ firmseal_broker_login signs in to a plane and has super'],
	],
};
