import type { Area } from '../attack.ts';
import { noPrivilege } from '../sql-attacks.ts';

/** Locks and resources that PostgreSQL lets any login take, and that others then wait for. */
export const sqlOfEveryLogin: Area = {
	title: 'SQL as any login',
	attacks: [
		noPrivilege(
			'Every login, in each of its roles: advisory locks, large objects, messages in the write-ahead log, exported snapshots, table locks',
			async (stage) => {
				const taking = [
					'select pg_advisory_lock(4611006)',
					'select pg_try_advisory_lock(1)',
					'select pg_try_advisory_xact_lock(1, 2)',
					'select lo_create(0)',
					"select lo_from_bytea(0, 'x')",
					"select pg_logical_emit_message(false, 'x', 'x')",
					'select pg_export_snapshot()',
					...['shares', 'download_tickets', 'stored_objects', 'clock_resets', 'lease_grant_tokens', 'alert_states'].map(
						(table) => `lock table ${table} in share mode`,
					),
				];
				const states: string[] = [];
				for (const role of ['firm', 'portal', 'operator', 'worker'] as const)
					states.push(...(await stage.states(role, {}, ...taking)));
				return { states };
			},
			'42501: no one waits for a login',
		),
		noPrivilege(
			'Every login, in each of its roles: triggers, rules and DROP OWNED, for which PostgreSQL locks a table before it refuses',
			async (stage) => {
				const changing = [
					'create trigger x before insert on lease_ends for each row execute function refuse_append_only_change()',
					'create rule x as on insert to pg_catalog.pg_database do instead nothing',
					'drop owned by current_user',
					'alter default privileges grant select on tables to public',
					"set local temp_file_limit = '-1'",
				];
				const states: string[] = [];
				for (const role of ['firm', 'portal', 'operator', 'worker'] as const)
					states.push(...(await stage.states(role, {}, ...changing)));
				return { states };
			},
			'42501, before anything is locked',
		),
	],
};
