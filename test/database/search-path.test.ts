import type { TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { codeOf, makeTwoFirms, roleOf, type Side, type TwoFirms } from './two-firms.ts';

const LIAR = '00000000-0000-7000-8000-000000000bad';

/** Tables, functions and an operator with the names that the owner's functions use, each with a false answer. */
const lies = (schema: string) => `
	create table ${schema}.users as select '${LIAR}'::uuid as id, '${LIAR}'::uuid as person_id, i.issuer, i.subject, 'x'::text as email, 'x'::text as name,
		now() as created_at, null::timestamptz as disabled_at from public.users i;
	create table ${schema}.memberships as select '${LIAR}'::uuid as firm_id, '${LIAR}'::uuid as user_id, 'OWNER'::text as role, null::timestamptz as removed_at where true;
	create table ${schema}.firms as select '${LIAR}'::uuid as id, 'ACTIVE'::text as status;
	create table ${schema}.operators as select null::uuid as user_id, array['APPROVER'] as roles, null::timestamptz as disabled_at where false;
	create table ${schema}.audit_entries as select gen_random_uuid() as boot, 999::bigint as sequence;
	grant select on all tables in schema ${schema} to public;
`;
const FALSE_FUNCTIONS = `
	create function evil.yes(text, text) returns boolean language sql as 'select true';
	create operator evil.= (leftarg = text, rightarg = text, function = evil.yes);
	create function evil.take_turn(text, uuid) returns void language sql as 'select null::void';
	create function evil.coalesce_max(bigint) returns bigint language sql as 'select 999::bigint';
	create function evil.current_setting(text, boolean) returns text language sql as 'select ''${LIAR}''::text';
`;

describe.each(servers)('objects of the same name in another schema on $name', (server) => {
	let two: TwoFirms;
	let subject: string;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		const [user] = await two.admin`select issuer, subject from users where id = ${two.north.author}`;
		subject = user?.subject;
		await two.admin.unsafe(
			`create schema evil; grant usage on schema evil to public; ${lies('evil')} ${FALSE_FUNCTIONS}`,
		);
	});
	afterAll(() => two?.close());

	/** In a session of the superuser, who alone can make such objects; then as the plane's role. */
	const misled = <T>(side: Side, work: (tx: TransactionSql) => Promise<T>) =>
		two.admin.begin(async (tx) => {
			await tx.unsafe(lies('pg_temp'));
			await tx`set local search_path = pg_temp, evil, pg_catalog, public`;
			await tx`select set_config('role', ${roleOf(side)}, true), set_config('firmseal.firm', ${two.north.id}, true)`;
			const answer = await work(tx);
			await tx`reset role`;
			await tx.unsafe(
				'drop table pg_temp.users, pg_temp.memberships, pg_temp.firms, pg_temp.operators, pg_temp.audit_entries',
			);
			return answer;
		});

	it('mislead a statement that names no schema', async () => {
		const [row] = await misled('firm', (tx) => tx`select id from users limit 1`);
		expect(row?.id).toBe(LIAR);
	});

	it('do not influence whom identify() finds', async () => {
		for (const side of ['firm', 'operator'] as const) {
			const rows = await misled(
				side,
				(tx) => tx`select user_id, firm_id, firm_role from public.identify('firmseal-development', ${subject})`,
			);
			expect(rows).toEqual([{ user_id: two.north.author, firm_id: two.north.id, firm_role: 'OWNER' }]);
			expect(await misled(side, (tx) => tx`select * from public.identify('firmseal-development', 'unknown')`)).toEqual(
				[],
			);
		}
	});

	it('do not influence the number of last_audit_sequence()', async () => {
		for (const side of ['firm', 'operator', 'worker'] as const) {
			const [known] = await two.admin`select boot, max(sequence)::int as last from public.audit_entries
				where role = ${`firmseal_${side}`} group by boot limit 1`;
			const [row] = await misled(
				side,
				(tx) =>
					tx`select public.last_audit_sequence(${known?.boot ?? uuidv7()})::int as last, public.last_audit_sequence(${uuidv7()})::int as none`,
			);
			expect(row).toEqual({ last: known?.last ?? 0, none: 0 });
		}
	});

	it('do not choose the firm of a transaction', async () => {
		const [row] = await misled('firm', (tx) => tx`select public.current_firm() as firm`);
		expect(row?.firm).toBe(two.north.id);
		expect(await misled('firm', (tx) => tx`select distinct firm_id from public.notes`)).toEqual([
			{ firm_id: two.north.id },
		]);
	});

	it('do not hide a member from the trigger that refuses an operator', async () => {
		const attempt = misled(
			'worker',
			(tx) => tx`insert into public.operators (user_id, roles) values (${two.north.author}, array['APPROVER'])`,
		);
		expect(await codeOf(attempt)).toBe('23000');
	});

	it('are not needed: each function names tables, types and functions that exist', async () => {
		const missing = await two.admin`
			select p.proname as function, n.name
			from pg_proc p cross join lateral (select distinct m[1] as name from regexp_matches(p.prosrc, 'public\\.([a-z_0-9]+)', 'g') m) n
			where p.pronamespace = 'public'::regnamespace and to_regtype('public.' || n.name) is null and to_regclass('public.' || n.name) is null
				and not exists (select from pg_proc q where q.pronamespace = p.pronamespace and q.proname = n.name)`;
		expect(missing).toEqual([]);
		// Some names were looked up.
		const [counted] = await two.admin`
			select count(*)::int as named from pg_proc p cross join lateral regexp_matches(p.prosrc, 'public\\.([a-z_0-9]+)', 'g') m
			where p.pronamespace = 'public'::regnamespace`;
		expect(counted?.named).toBeGreaterThan(300);
	});

	const onlyFor = (name: string, ...sides: string[]) =>
		sides.map((side) => ({ function: name, role: `firmseal_${side}` }));

	it('leave each function executable only by the roles it is meant for', async () => {
		const rows = await two.admin`
			select p.proname as function, coalesce(r.rolname, 'PUBLIC') as role
			from pg_proc p cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a left join pg_roles r on r.oid = a.grantee
			where p.pronamespace = 'public'::regnamespace order by 1, 2`;
		expect(
			Object.groupBy(
				rows.filter((row) => row.role !== 'firmseal_owner'),
				(row) => row.function,
			),
		).toEqual({
			approve_owner_recovery: onlyFor('approve_owner_recovery', 'worker'),
			audit_is_published: onlyFor('audit_is_published', 'operator'),
			audit_root_hashes: onlyFor('audit_root_hashes', 'firm', 'log', 'operator'),
			complete_owner_recovery: onlyFor('complete_owner_recovery', 'worker'),
			current_client: onlyFor('current_client', 'portal'),
			count_open_leases: onlyFor('count_open_leases', 'operator'),
			current_firm: onlyFor(
				'current_firm',
				'break_glass',
				'broker',
				'firm',
				'maintenance',
				'operator',
				'portal',
				'worker',
			),
			current_job: onlyFor('current_job', 'maintenance'),
			current_lease: onlyFor('current_lease', 'break_glass'),
			firm_of_erasure: onlyFor('firm_of_erasure', 'maintenance'),
			firm_of_job: onlyFor('firm_of_job', 'maintenance'),
			firms_with_events: onlyFor('firms_with_events', 'firm'),
			identities_of_operators: onlyFor('identities_of_operators', 'operator'),
			is_firm_notice: onlyFor('is_firm_notice', 'firm'),
			known_ids: onlyFor('known_ids', 'log'),
			latest_key_version: onlyFor('latest_key_version', 'firm', 'maintenance', 'signer', 'worker'),
			hold_firm: onlyFor('hold_firm', 'maintenance', 'worker'),
			hold_firm_content: onlyFor('hold_firm_content', 'firm'),
			session_plane: onlyFor('session_plane', 'broker', 'firm', 'operator', 'worker'),
			set_firm_status: onlyFor('set_firm_status', 'worker'),
			try_leader_lock: onlyFor('try_leader_lock', 'broker', 'log'),
			take_turn_of_first_approvers: onlyFor('take_turn_of_first_approvers', 'worker'),
			has_no_member: onlyFor('has_no_member', 'worker'),
			hold_audit_log: onlyFor('hold_audit_log', 'log', 'signer'),
			hold_key_log: onlyFor('hold_key_log', 'firm'),
			hold_lease: onlyFor('hold_lease', 'break_glass'),
			erasures_left: onlyFor('erasures_left', 'firm', 'operator', 'worker'),
			known_erasure_records: onlyFor('known_erasure_records', 'firm', 'operator', 'worker'),
			delete_rows: onlyFor('delete_rows', 'broker', 'firm', 'log', 'maintenance', 'worker'),
			erase_rows: onlyFor('erase_rows', 'maintenance'),
			has_ended_by_log: onlyFor('has_ended_by_log', 'maintenance'),
			legal_holds_in_log: onlyFor('legal_holds_in_log', 'maintenance', 'worker'),
			end_sessions: onlyFor('end_sessions', 'firm', 'operator', 'portal'),
			identify: onlyFor('identify', 'firm', 'operator', 'worker'),
			identity_of_member: onlyFor('identity_of_member', 'firm'),
			is_clock_sound: onlyFor('is_clock_sound', 'broker', 'log', 'maintenance', 'operator', 'worker'),
			is_erased: onlyFor('is_erased', 'break_glass', 'broker', 'firm', 'operator', 'portal', 'worker'),
			appoint_operator: onlyFor('appoint_operator', 'maintenance'),
			counts_as_one: onlyFor('counts_as_one', 'firm', 'operator', 'worker'),
			one_decides_alone: onlyFor('one_decides_alone', 'firm', 'operator', 'worker'),
			is_person_among: onlyFor('is_person_among', 'firm', 'operator'),
			job_allows_keys: onlyFor('job_allows_keys', 'maintenance'),
			clear_invitations: onlyFor('clear_invitations', 'worker'),
			clear_removed: onlyFor('clear_removed', 'maintenance'),
			is_named_elsewhere: onlyFor('is_named_elsewhere', 'maintenance'),
			move_column: onlyFor('move_column', 'maintenance'),
			report_move: onlyFor('report_move', 'maintenance'),
			rewrite_moved: onlyFor('rewrite_moved', 'maintenance'),
			lease_may_have_grants: onlyFor('lease_may_have_grants', 'maintenance'),
			required_approval_for: onlyFor('required_approval_for', 'firm', 'operator', 'worker'),
			job_erases: onlyFor('job_erases', 'maintenance'),
			job_erases_client: onlyFor('job_erases_client', 'maintenance'),
			job_erases_firm: onlyFor('job_erases_firm', 'maintenance'),
			is_job_announced: onlyFor('is_job_announced', 'maintenance'),
			job_runs: onlyFor('job_runs', 'maintenance'),
			extend_lease_use: onlyFor('extend_lease_use', 'break_glass'),
			last_audit_sequence: onlyFor('last_audit_sequence', 'broker', 'firm', 'operator', 'worker'),
			lease_allows: onlyFor('lease_allows', 'break_glass'),
			lease_entries: onlyFor('lease_entries', 'firm', 'operator'),
			lease_covers: onlyFor('lease_covers', 'break_glass'),
			lease_scope: onlyFor('lease_scope', 'break_glass'),
			lease_openings: onlyFor('lease_openings', 'firm', 'operator'),
			record_answered_reads: onlyFor('record_answered_reads', 'break_glass'),
			next_erasure_record_number: onlyFor('next_erasure_record_number', 'firm', 'maintenance', 'operator', 'worker'),
			raise_clock_high_water_mark: onlyFor('raise_clock_high_water_mark', 'broker', 'worker'),
			reset_clock_high_water_mark: onlyFor('reset_clock_high_water_mark', 'worker'),
			use_lease: onlyFor('use_lease', 'break_glass'),
			withdraw_owner_recovery: onlyFor('withdraw_owner_recovery', 'worker'),
			witness_owner_recoveries: onlyFor('witness_owner_recoveries', 'firm'),
		});
		const definers =
			await two.admin`select proname, proconfig from pg_proc where pronamespace = 'public'::regnamespace order by 1`;
		for (const { proname, proconfig } of definers)
			expect([proname, proconfig]).toEqual([proname, ['search_path=pg_catalog, pg_temp']]);
		const call = (side: Side, statement: string) => codeOf(two.as(side, null, (tx) => tx.unsafe(statement)));
		expect(await call('broker', "select public.identify('i', 's')")).toBe('42501');
		for (const side of ['firm', 'operator', 'worker'] as const) {
			for (const name of [
				'refuse_member_and_operator',
				'refuse_append_only_change',
				'keep_an_owner',
				'guard_lease',
				'record_lease_move',
			])
				expect(await call(side, `select public.${name}()`)).toBe('42501');
			expect(await call(side, "select public.secure_workspace('{}')")).toBe('42501');
			expect(await call(side, "select public.create_move_triggers('[]')")).toBe('42501');
		}
	});
});
