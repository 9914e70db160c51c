import type { Area, Break } from './inspect-breaks.ts';

/** What is written once. */
const KEPT = ['audit_leaves', 'audit_root_leaves', 'audit_root_checkpoints', 'audit_gaps', 'audit_anchors'] as const;

const OF_KEPT: Break[] = KEPT.flatMap((table) =>
	['log', 'signer'].flatMap((role) =>
		['update', 'delete', 'truncate'].map(
			(act): Break => [`grant ${act} on ${table} to firmseal_${role}`, `+ ${act} on ${table} to firmseal_${role}`],
		),
	),
);

const OF_TRIGGERS: Break[] = KEPT.flatMap((table) =>
	['append_only_row', 'append_only_statement', 'append_only_truncate'].flatMap((trigger): Break[] => [
		[`alter table ${table} disable trigger ${trigger}`, `+ CREATE TRIGGER ${trigger} `],
		[`drop trigger ${trigger} on ${table}`, `- CREATE TRIGGER ${trigger} `],
	]),
);

/** What somebody may have done to the log's proof, as BREAKS has it. */
export const LOG_BREAKS: Readonly<Record<Area, readonly Break[]>> = {
	tables: [
		[
			'alter table audit_leaves disable row level security',
			'+ audit_leaves is a table, owner firmseal_owner, row security off',
		],
		[
			'alter table audit_root_checkpoints no force row level security',
			'+ audit_root_checkpoints is a table, owner firmseal_owner, row security on',
		],
		[
			'alter table audit_root_leaves set unlogged',
			'+ audit_root_leaves is a table, owner firmseal_owner, row security on and forced, unlogged',
		],
	],
	privileges: [
		...OF_KEPT,
		['grant insert on audit_root_checkpoints to firmseal_log', '+ insert on audit_root_checkpoints to firmseal_log'],
		['grant insert on audit_leaves to firmseal_signer', '+ insert on audit_leaves to firmseal_signer'],
		[
			'grant insert (created_at) on audit_root_checkpoints to firmseal_signer',
			'+ insert (created_at) on audit_root_checkpoints to firmseal_signer',
		],
		['grant update (hashes) on audit_leaves to firmseal_log', '+ update (hashes) on audit_leaves to firmseal_log'],
		['grant insert on audit_entries to firmseal_log', '+ insert on audit_entries to firmseal_log'],
		['grant select on audit_entries to firmseal_signer', '+ select on audit_entries to firmseal_signer'],
		['grant select on data_keys to firmseal_log', '+ select on data_keys to firmseal_log'],
		['grant update (wrapped) on data_keys to firmseal_signer', '+ update (wrapped) on data_keys to firmseal_signer'],
		['grant select on notes to firmseal_signer', '+ select on notes to firmseal_signer'],
		['grant select on audit_leaves to firmseal_portal', '+ select on audit_leaves to firmseal_portal'],
		['grant update (epoch) on audit_state to firmseal_worker', '+ update (epoch) on audit_state to firmseal_worker'],
		[
			'grant execute on function hold_audit_log to firmseal_worker',
			'+ execute on function hold_audit_log(of_epoch bigint) to firmseal_worker',
		],
		[
			'grant execute on function audit_is_published to public',
			'+ execute on function audit_is_published(of_entries uuid[]) to PUBLIC',
		],
		['revoke insert (first) on audit_gaps from firmseal_log', '- insert (first) on audit_gaps to firmseal_log'],
		['revoke select on audit_entries from firmseal_log', '- select on audit_entries to firmseal_log'],
	],
	policies: [
		[
			'alter policy signer on data_keys using (true)',
			'+ policy signer on data_keys permissive for all to firmseal_signer using true',
		],
		[
			'alter policy signer on data_keys to firmseal_log',
			'+ policy signer on data_keys permissive for all to firmseal_log using',
		],
		[
			'alter policy firm_reads on audit_leaves using (true)',
			'+ policy firm_reads on audit_leaves permissive for select to firmseal_firm using true',
		],
		[
			'alter policy firm_reads on audit_root_leaves using (true)',
			'+ policy firm_reads on audit_root_leaves permissive for select to firmseal_firm using true',
		],
		['drop policy log_reads on audit_entries', '- policy log_reads on audit_entries'],
		[
			'create policy more on audit_root_checkpoints for insert to firmseal_log with check (true)',
			'+ policy more on audit_root_checkpoints permissive for insert to firmseal_log',
		],
	],
	triggers: [
		...OF_TRIGGERS,
		// Fires no more in replication mode.
		['alter table audit_leaves enable trigger append_only_row', '- CREATE TRIGGER append_only_row '],
		['create rule lost as on insert to audit_gaps do instead nothing', '+ rule lost on audit_gaps: CREATE RULE lost'],
	],
	constraints: [
		['alter table audit_leaves drop constraint audit_leaves_entry', '- audit_leaves_entry on audit_leaves: UNIQUE'],
		['alter table audit_leaves drop constraint audit_leaves_pkey', '- audit_leaves_pkey on audit_leaves: PRIMARY KEY'],
		[
			'alter table audit_root_leaves drop constraint audit_root_leaves_of_tree',
			'- audit_root_leaves_of_tree on audit_root_leaves: CHECK',
		],
		['alter table data_keys drop constraint data_keys_class_known', '- data_keys_class_known on data_keys: CHECK'],
	],
	functions: [
		['alter function hold_audit_log reset search_path', '+ hold_audit_log('],
		['alter function audit_root_hashes security invoker', '+ audit_root_hashes('],
		['alter function audit_is_published owner to postgres', '+ audit_is_published(of_entries uuid[]), owner postgres'],
		['drop function audit_is_published', '- audit_is_published(of_entries uuid[])', 'privileges'],
	],
	roles: [
		...['log', 'signer'].flatMap((role): Break[] => [
			[`alter role firmseal_${role} bypassrls`, `+ role firmseal_${role} bypassrls`],
			[`alter role firmseal_${role} superuser`, `+ role firmseal_${role} super`],
			[`alter role firmseal_${role} login`, `+ role firmseal_${role} canlogin`],
			[`alter role firmseal_${role} inherit`, `+ role firmseal_${role} inherit`],
			[
				`create role stranger login noinherit; grant firmseal_${role} to stranger`,
				`+ stranger may become firmseal_${role}`,
			],
			[
				`grant firmseal_${role} to firmseal_broker_login`,
				`+ firmseal_broker_login may become firmseal_broker and firmseal_${role}`,
			],
		]),
		[
			'create role of_two login noinherit; grant firmseal_firm, firmseal_signer to of_two',
			'+ of_two may become firmseal_firm and firmseal_signer',
		],
		[
			'grant firmseal_signer to firmseal_firm_login',
			'+ firmseal_firm_login may become firmseal_firm and firmseal_portal and firmseal_signer',
		],
		[
			'grant firmseal_log to firmseal_operator_login',
			'+ firmseal_operator_login may become firmseal_break_glass and firmseal_log and firmseal_operator',
		],
		['grant firmseal_signer to firmseal_log', '+ firmseal_log is a member of firmseal_signer'],
		['grant firmseal_log to firmseal_worker', '+ firmseal_worker is a member of firmseal_log'],
		['grant firmseal_worker to firmseal_signer', '+ firmseal_signer is a member of firmseal_worker'],
	],
};
