import type { Area, Break } from './inspect-breaks.ts';

const CONTENT = ['notes', 'documents', 'invoices', 'messages'] as const;

const OF_CONTENT: Break[] = CONTENT.flatMap((table): Break[] => [
	[`grant insert on ${table} to firmseal_maintenance`, `+ insert on ${table} to firmseal_maintenance`],
	[`grant delete on ${table} to firmseal_maintenance`, `+ delete on ${table} to firmseal_maintenance`],
	[
		`grant update (revision) on ${table} to firmseal_maintenance`,
		`+ update (revision) on ${table} to firmseal_maintenance`,
	],
]);

const OF_FLOORS: Break[] = CONTENT.flatMap((table) =>
	['insert', 'update'].flatMap((event): Break[] => [
		[`alter table ${table} disable trigger above_floor_on_${event}`, `+ CREATE TRIGGER above_floor_on_${event} `],
		// Fires no more in replication mode.
		[`alter table ${table} enable trigger above_floor_on_${event}`, `- CREATE TRIGGER above_floor_on_${event} `],
		[`drop trigger above_floor_on_${event} on ${table}`, `- CREATE TRIGGER above_floor_on_${event} `],
	]),
);

const OF_MOVES: Break[] = [
	['jobs', 'guard'],
	['jobs', 'tell'],
	['own_key_states', 'tell'],
	['stored_objects', 'above_floor'],
].flatMap(([table, trigger]): Break[] => [
	[`alter table ${table} disable trigger ${trigger}`, `+ CREATE TRIGGER ${trigger} `],
	[`drop trigger ${trigger} on ${table}`, `- CREATE TRIGGER ${trigger} `],
]);

/** What somebody may have done to what jobs stand on, as BREAKS has it. */
export const JOB_BREAKS: Readonly<Record<Area, readonly Break[]>> = {
	tables: [
		'jobs',
		'job_pages',
		'key_floors',
		'own_key_states',
		'escrow_files',
		'recovery_sessions',
		'recovery_files',
	].flatMap((table): Break[] => [
		[
			`alter table ${table} disable row level security`,
			`+ ${table} is a table, owner firmseal_owner, row security off`,
		],
		[
			`alter table ${table} no force row level security`,
			`+ ${table} is a table, owner firmseal_owner, row security on`,
		],
	]),
	privileges: [
		...OF_CONTENT,
		['grant insert on jobs to firmseal_maintenance', '+ insert on jobs to firmseal_maintenance'],
		['grant update (mac) on jobs to firmseal_maintenance', '+ update (mac) on jobs to firmseal_maintenance'],
		['grant update (kind) on jobs to firmseal_worker', '+ update (kind) on jobs to firmseal_worker'],
		['grant insert (agreed_by) on jobs to firmseal_worker', '+ insert (agreed_by) on jobs to firmseal_worker'],
		['grant insert (step) on jobs to firmseal_firm', '+ insert (step) on jobs to firmseal_firm'],
		['grant update (step) on jobs to firmseal_firm', '+ update (step) on jobs to firmseal_firm'],
		['grant update (terms) on jobs to firmseal_firm', '+ update (terms) on jobs to firmseal_firm'],
		['grant update (state) on own_key_states to firmseal_firm', '+ update (state) on own_key_states to firmseal_firm'],
		['grant select on jobs to firmseal_operator', '+ select on jobs to firmseal_operator'],
		['grant select on jobs to firmseal_portal', '+ select on jobs to firmseal_portal'],
		['grant delete on jobs to firmseal_worker', '+ delete on jobs to firmseal_worker'],
		['grant delete on key_floors to firmseal_maintenance', '+ delete on key_floors to firmseal_maintenance'],
		['grant update (version) on key_floors to firmseal_worker', '+ update (version) on key_floors to firmseal_worker'],
		[
			'grant update (commitment) on data_keys to firmseal_maintenance',
			'+ update (commitment) on data_keys to firmseal_maintenance',
		],
		['grant select on escrow_files to firmseal_operator', '+ select on escrow_files to firmseal_operator'],
		['grant insert on recovery_sessions to firmseal_worker', '+ insert on recovery_sessions to firmseal_worker'],
		['grant delete on data_keys to firmseal_maintenance', '+ delete on data_keys to firmseal_maintenance'],
		['grant insert on notices to firmseal_maintenance', '+ insert on notices to firmseal_maintenance'],
		['grant insert on audit_entries to firmseal_maintenance', '+ insert on audit_entries to firmseal_maintenance'],
		['grant select on users to firmseal_maintenance', '+ select on users to firmseal_maintenance'],
		['grant select on lease_texts to firmseal_maintenance', '+ select on lease_texts to firmseal_maintenance'],
		[
			'grant execute on function job_allows to firmseal_worker',
			'+ execute on function job_allows(of_firm uuid, of_class text) to firmseal_worker',
		],
		[
			'grant execute on function job_allows_keys to public',
			'+ execute on function job_allows_keys(of_firm uuid, of_class text) to PUBLIC',
		],
	],
	policies: [
		[
			'alter policy firm_asks on jobs with check (true)',
			'+ policy firm_asks on jobs permissive for insert to firmseal_firm',
		],
		[
			'alter policy firm on jobs using (true)',
			'+ policy firm on jobs permissive for select to firmseal_firm using true',
		],
		[
			'alter policy worker_asks on jobs with check (true)',
			'+ policy worker_asks on jobs permissive for insert to firmseal_worker',
		],
		[
			'alter policy worker_moves on jobs with check (true)',
			'+ policy worker_moves on jobs permissive for update to firmseal_worker',
		],
		[
			'alter policy firm_decides on jobs with check (true)',
			'+ policy firm_decides on jobs permissive for update to firmseal_firm',
		],
		[
			'alter policy firm on own_key_states using (true)',
			'+ policy firm on own_key_states permissive for select to firmseal_firm using true',
		],
		['alter policy maintenance_moves on jobs using (true)', '+ policy maintenance_moves on jobs permissive for update'],
		[
			'alter policy job_note on notes using (true)',
			'+ policy job_note on notes permissive for all to firmseal_maintenance using true',
		],
		[
			'alter policy job_note on notes to firmseal_worker',
			'+ policy job_note on notes permissive for all to firmseal_worker',
		],
		[
			'alter policy maintenance on data_keys using (true)',
			'+ policy maintenance on data_keys permissive for all to firmseal_maintenance',
		],
		[
			'alter policy maintenance on key_floors using (true)',
			'+ policy maintenance on key_floors permissive for all to firmseal_maintenance',
		],
		['drop policy owner_asks on key_floors', '- policy owner_asks on key_floors'],
		['alter policy worker_appends on audit_entries with check (true)', '+ policy worker_appends on audit_entries'],
	],
	triggers: [...OF_FLOORS, ...OF_MOVES],
	constraints: [
		['drop index jobs_one_open', '- CREATE UNIQUE INDEX jobs_one_open'],
		['alter table jobs drop constraint jobs_agreement_whole', '- jobs_agreement_whole on jobs: CHECK'],
		['alter table jobs drop constraint jobs_ended', '- jobs_ended on jobs: CHECK'],
		[
			'alter table key_floors drop constraint key_floors_firm_id_class_pk',
			'- key_floors_firm_id_class_pk on key_floors: PRIMARY KEY',
		],
	],
	functions: [
		['alter function job_allows reset search_path', '+ job_allows('],
		['alter function refuse_below_floor security invoker', '+ refuse_below_floor('],
		['alter function guard_job owner to postgres', '+ guard_job(), owner postgres'],
	],
	roles: [
		['alter role firmseal_maintenance bypassrls', '+ role firmseal_maintenance bypassrls'],
		['alter role firmseal_maintenance superuser', '+ role firmseal_maintenance super'],
		['alter role firmseal_maintenance login', '+ role firmseal_maintenance canlogin'],
		['alter role firmseal_maintenance inherit', '+ role firmseal_maintenance inherit'],
		[
			'grant firmseal_maintenance to firmseal_firm_login',
			'+ firmseal_firm_login may become firmseal_firm and firmseal_maintenance and firmseal_portal',
		],
		['grant firmseal_maintenance to firmseal_worker', '+ firmseal_worker is a member of firmseal_maintenance'],
		['grant firmseal_firm to firmseal_maintenance', '+ firmseal_maintenance is a member of firmseal_firm'],
	],
};
