import type { Sql, TransactionSql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, NOT_IN_SHAPE, type TwoFirms } from './two-firms.ts';

/** Times that a Date cannot hold, or that JSON cannot write with a year of four digits. */
const IMPOSSIBLE = [
	'infinity',
	'-infinity',
	'0001-01-01 00:00:00+00 BC',
	'9999-12-31 23:59:59.9996+00',
	'10000-01-01',
	'294276-12-31',
];

describe.each(servers)('times that a login can write, on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());

	/** Columns of times, and of numbers that can be NaN or infinite, without a domain, that a login may write. */
	const unboundedIn = (sql: Sql | TransactionSql) =>
		sql`
		select c.relname || '.' || a.attname as column
		from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
			and coalesce(nullif(t.typelem, 0), nullif(t.typbasetype, 0), t.oid)::regtype
				= any ('{timestamptz,timestamp,date,time,timetz,interval,numeric,real,double precision}'::regtype[])
			and not exists (select from pg_constraint k where k.contypid = t.oid)
			and exists (select from pg_roles r where not r.rolcanlogin and r.rolname like 'firmseal\_%' and r.rolname <> 'firmseal_owner'
				and (has_column_privilege(r.oid, c.oid, a.attnum, 'INSERT') or has_column_privilege(r.oid, c.oid, a.attnum, 'UPDATE')))
		order by 1`.then((rows) => rows.map(({ column }) => column));

	it('have the domain that bounds them, in each column that a role may insert or update', async () => {
		expect(await unboundedIn(two.admin)).toEqual([]);
		// Makes the query find some: a privilege on a column without the domain, and a column that loses it.
		const found = await two.admin
			.begin(async (tx) => {
				await tx`grant update (appended_at) on audit_entries to firmseal_worker`;
				await tx`alter table invoices alter column due_at type timestamptz(3)`;
				await tx`alter table notes add column rate numeric; grant insert (rate) on notes to firmseal_firm`.simple();
				throw Object.assign(new Error('Undone.'), { found: await unboundedIn(tx) });
			})
			.catch((error: { found: unknown }) => error.found);
		expect(found).toEqual(['audit_entries.appended_at', 'invoices.due_at', 'notes.rate']);
	});

	it('are finite, from year 1 to year 9999', async () => {
		for (const time of IMPOSSIBLE)
			expect([time, await codeOf(two.admin.unsafe(`select '${time}'::moment`))]).toEqual([time, NOT_IN_SHAPE]);
		const [row] = await two.admin.unsafe(
			`select '0001-01-01 00:00:00+00'::moment::text as first, '9999-12-31 23:59:59.999+00'::moment as last`,
		);
		expect(row?.last.toISOString()).toBe('9999-12-31T23:59:59.999Z');
	});

	it('let no invitation last longer than a week', async () => {
		const invite = (expires: string) =>
			codeOf(
				two.as('firm', two.north.id, (tx) =>
					tx.unsafe(`insert into invitations (id, firm_id, hash, nonce, email, name, role, invited_by, is_sent, created_at, expires_at, mac)
						select gen_random_uuid(), '${two.north.id}', sha256(random()::text::bytea), sha256('n'), 'a@b.example', 'A', 'MEMBER',
							'${two.north.author}', true, '9999-12-24', ${expires}, decode(repeat('00', 36), 'hex')`),
				),
			);
		expect(await invite("'infinity'")).toBe(NOT_IN_SHAPE);
		expect(await invite("'9999-12-31'")).toBe(NO_PRIVILEGE);
		expect(await invite("now() + interval '168 hours 1 minute'")).toBe(NO_PRIVILEGE);
		expect(await invite("now() + interval '168 hours'")).toBe('done');
	});
});
