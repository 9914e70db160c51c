import { expectedCatalogue } from '../../src/database/index.ts';

const TRIGGER = 'begin return new; end';

/** For each of the database's functions what somebody may have it do instead: whatever it is there to stop. */
export const BODIES: Readonly<Record<string, string>> = {
	approve_owner_recovery: 'begin return true; end',
	audit_is_published: 'select true',
	audit_root_hashes: 'select r.index, r.hashes from public.audit_root_leaves r',
	clear_removed: 'begin return true; end',
	is_named_elsewhere: 'begin return false; end',
	complete_owner_recovery: `begin return 'COMPLETED'; end`,
	count_open_leases: 'select 0',
	current_client: `select current_setting('firmseal.firm', true)::uuid`,
	current_firm: `select current_setting('firmseal.client', true)::uuid`,
	current_job: 'select id from public.jobs limit 1',
	current_lease: 'select id from public.leases limit 1',
	end_owner_recovery: TRIGGER,
	forget_file_copy: TRIGGER,
	forget_recovery: TRIGGER,
	generate_uuid_v7: `select '00000000-0000-7000-8000-000000000000'::uuid`,
	guard_latest_file: TRIGGER,
	erase_rows: 'begin return 0; end',
	guard_erasure: TRIGGER,
	guard_firm: TRIGGER,
	guard_hold: TRIGGER,
	guard_job: TRIGGER,
	guard_lease: TRIGGER,
	has_ended_by_log: 'select false',
	hold_audit_log: 'begin return true; end',
	hold_lease: 'begin return true; end',
	identify: `select u.id, u.person_id, false, m.firm_id, 'ACTIVE', 'OWNER', null::uuid, false, m.mac, o.roles, false, o.mac
		from public.users u left join public.memberships m on m.user_id = u.id left join public.operators o on o.user_id = u.id
		where u.issuer = of_issuer and u.subject = of_subject`,
	identity_of_member: 'select person_id, issuer, subject from public.users where id = of_user',
	is_clock_sound: 'select true',
	is_lease_open: `select state = 'ACTIVE' and at <= expires_at`,
	is_of_side: 'select true',
	is_person_among: 'select false',
	holds_in_log: 'select null::text, null::text where false',
	is_erased: 'select false',
	erasures_left: 'select null::uuid, false where false',
	known_tombstones: 'select null::bigint, null::uuid, null::uuid, null::text, null::bytea where false',
	refuse_erased_id: TRIGGER,
	job_erases: 'select true',
	job_is_told: 'select true',
	job_runs: 'select true',
	lock_erasure: 'begin end',
	next_tombstone: 'select 0::bigint',
	job_allows: 'select true',
	job_allows_keys: 'select true',
	job_meets_lease: 'select false',
	job_needs: 'select null::text',
	keep_an_owner: TRIGGER,
	keep_lease: 'update public.lease_budgets set kept_at = clock_timestamp() where lease_id = of_lease',
	last_audit_sequence: 'select 0::bigint',
	lease_allows: 'select true',
	lease_openings: 'select * from public.audit_entries where false',
	lease_records: 'select null::uuid[]',
	leave_lease: 'select true',
	lock_moves: 'begin end',
	lock_workspace: 'begin end',
	may_move_lease: 'select true',
	move_column: 'begin end',
	queue_delivery: TRIGGER,
	guard_alert: TRIGGER,
	raise_clock_floor: 'update public.clock_floor set at = clock_timestamp()',
	refuse_audit_change: TRIGGER,
	refuse_below_floor: TRIGGER,
	refuse_file_below_floor: TRIGGER,
	refuse_member_and_operator: TRIGGER,
	report_move: 'begin end',
	rewrite_moved: 'begin end',
	reset_clock_floor: 'begin update public.clock_floor set at = clock_timestamp(); return true; end',
	stamp_lease: TRIGGER,
	stamp_lease_approval: TRIGGER,
	stamp_owner_recovery: TRIGGER,
	tell_job: TRIGGER,
	tell_key_state: TRIGGER,
	tell_lease: TRIGGER,
	tell_owner_recovery: TRIGGER,
	use_lease: `begin return 'OPEN'; end`,
	withdraw_owner_recovery: 'select null::uuid where false',
	witness_owner_recoveries: 'update public.owner_recoveries set seen_at = clock_timestamp()',
};

/** Replaces the body alone: name, arguments, result, language, owner, security and settings are those that it has. */
export const withBody = (name: string, body: string): string => `do $break$
	declare
		whole text := pg_get_functiondef('public.${name}'::regproc);
		head text := regexp_replace(whole, E'\\n(AS|RETURN|BEGIN ATOMIC)\\\\M.*$', '');
	begin
		if head = whole then raise exception 'its body was not found'; end if;
		execute head || ' AS ' || quote_literal($body$${body}$body$);
	end $break$`;

/** A function as the catalogue has it, but for the fingerprint of what it returns and does. */
export const lineOf = (name: string): string => {
	const [line, ...more] = expectedCatalogue().filter((each) => each.startsWith(`functions: ${name}(`));
	if (!line || more.length > 0) throw new Error(`${name} isn't one function`);
	return line.replace(/^functions: /, '').replace(/[0-9a-f]{16}$/, '');
};
