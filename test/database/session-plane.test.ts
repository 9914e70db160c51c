import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { LOGINS } from '../support/installation.ts';
import { leafText } from '../support/leaf-text.ts';
import { codeOf, makeTwoFirms, roleOf, type Side, type TwoFirms } from './two-firms.ts';

describe.each(servers)('the plane of a session on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());
	const run = (side: Side, statement: string) => two.as(side, null, (tx) => tx.unsafe(statement));

	/** Returns true, and the transaction then has no role. */
	const GIVEN_UP = "set_config('role', 'none', true) = 'none'";

	it.each(Object.keys(LOGINS) as Side[])('is its login’s, whatever role it takes or resets: %s', async (side) => {
		const [id, boot] = [uuidv7(), uuidv7()];
		const action = side === 'broker' ? 'process.start' : 'log.read';
		const leaf = leafText({ id, boot, sequence: 1, firm: null, plane: side, action });
		await run(
			side,
			`insert into audit_entries (id, boot, sequence, leaf) select '${id}', '${boot}', 1, '${leaf}' where ${GIVEN_UP}`,
		);
		expect([...(await two.admin`select role from audit_entries where id = ${id}`)]).toEqual([{ role: roleOf(side) }]);
		const [row] = await run(
			side,
			`select session_plane() as before, last_audit_sequence('${boot}')::int as last where ${GIVEN_UP}`,
		);
		expect(row).toEqual({ before: roleOf(side), last: 1 });
	});

	it('is that of the transaction’s role, for a login of several planes', async () => {
		for (const [role, plane] of [
			['none', 'none'],
			['firmseal_portal', 'firmseal_firm'],
			['firmseal_break_glass', 'firmseal_operator'],
			['firmseal_broker', 'firmseal_broker'],
			['firmseal_signer', 'firmseal_worker'],
			['firmseal_owner', 'firmseal_owner'],
		] as const) {
			const says = `select set_config('role', '${role}', true), 1 / (session_plane() = '${plane}')::int as yes where session_plane() = 'none'`;
			expect([role, await codeOf(two.admin.unsafe(says))]).toEqual([role, 'done']);
		}
	});

	it('is determined in no other way, except in a few places where a login gains nothing', async () => {
		const found = await two.admin`
			select distinct what, coalesce(m[1], m[2]) as asks from (
				select 'function ' || p.proname as what, pg_get_functiondef(p.oid) as text from pg_proc p
					where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
				union all select 'trigger ' || t.tgrelid::regclass || '.' || t.tgname, pg_get_triggerdef(t.oid) from pg_trigger t where not t.tgisinternal
				union all select 'default ' || d.adrelid::regclass || '.' || a.attname, pg_get_expr(d.adbin, d.adrelid)
					from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
				union all select 'check ' || k.conname, pg_get_constraintdef(k.oid) from pg_constraint k where k.contype = 'c'
			) t cross join lateral regexp_matches(lower(text), 'current_setting\\(''+([a-z_.]+)|\\m(current_user|current_role|session_user|pg_has_role)\\M', 'g') m
			order by 1, 2`;
		expect(
			found
				// Row policies read what a transaction names, and no statement can change its isolation level.
				.filter(({ asks }) => !asks.startsWith('firmseal.') && asks !== 'transaction_isolation')
				.map(({ what, asks }) => `${what}: ${asks}`),
		).toEqual([
			// Each role reports in its own row, by the row policy: another current_user only gives another row.
			'default key_refusals.reported_by: current_user',
			// A login can only name a role that it may become. The policies on the deleted rows check the role too.
			'function delete_rows: role',
			'function firm_of_role: role',
			// Portal and firm share one login: this only limits what the program does.
			'function guard_latest_file: current_user',
			// Only the firm's role may do this, and no other login can become that role.
			'function notify_owner_recovery: role',
			// A limit that no login can lift, and that is restored afterwards.
			'function rewrite_moved: temp_file_limit',
			'function session_plane: pg_has_role',
			'function session_plane: role',
			'function session_plane: session_user',
			// The same.
			'function stamp_owner_recovery: role',
			// No login can become the owner, so a function of the database writes.
			'trigger notices.fold: current_user',
		]);
		const isolation = "select set_config('transaction_isolation', 'serializable', true)";
		expect(await codeOf(run('worker', isolation))).toBe('25001');
	});

	it('does not shorten a probation of 30 days by its own time zone', async () => {
		const [asks, comes] = [uuidv7(), uuidv7()];
		for (const [id, introduced] of [
			[asks, []],
			[comes, [asks]],
		] as const) {
			await two.admin`insert into users (id, person_id, issuer, subject, email, name)
				values (${id}, ${id}, 'elsewhere', ${id}, ${`${id}@platform.example`}, 'N')`;
			await two.admin`insert into operators (user_id, roles, introduced_by, introduced_at)
				values (${id}, '{APPROVER}', ${[...introduced]}::uuid[], now() - interval '480 hours')`;
		}
		// A time zone whose clocks were put forward by 320 hours ten days ago.
		const then = new Date(Date.now() - 10 * 86_400_000);
		const day = (Date.UTC(2001, then.getUTCMonth(), then.getUTCDate()) - Date.UTC(2001, 0, 0)) / 86_400_000;
		const zone = `AAA160BBB-160,J${day}/0,J${((day + 179) % 365) + 1}/0`;
		const [row] = await two.as('operator', null, async (tx) => {
			await tx`select set_config('TimeZone', ${zone}, true)`;
			return tx`select counts_as_one(${comes}, array[${asks}]::uuid[]) as are_one,
				clock_timestamp() - interval '30 days' > clock_timestamp() - interval '480 hours' as is_shorter`;
		});
		expect(row).toEqual({ are_one: true, is_shorter: true });
	});
});
