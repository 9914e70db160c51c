import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { LOGINS } from '../support/installation.ts';
import { activeLeaseBySql, addContent, asBreakGlass, CLASSES, CONTENT, type SqlLease, under } from './leases-by-sql.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

/** Every statement that writes to a table, locks it or prepares that, for a table with a column. */
const writes = (table: string, column: string): string[] => [
	`insert into ${table} default values`,
	`insert into ${table} select * from ${table}`,
	`update ${table} set ${column} = ${column}`,
	`delete from ${table}`,
	`truncate ${table}`,
	`merge into ${table} using (select 1 as one) s on false when not matched then insert default values`,
	`merge into ${table} using (select 1 as one) s on true when matched then delete`,
	...['update', 'no key update', 'share', 'key share'].map((strength) => `select 1 from ${table} for ${strength}`),
	`lock table ${table} in row share mode`,
	`lock table ${table}`,
	`copy ${table} from stdin`,
	`alter table ${table} add column mine int`,
	`create trigger mine before update on ${table} for each row execute function public.guard_lease()`,
	`create rule mine as on insert to ${table} do instead nothing`,
	`create index on ${table} (${column})`,
	`comment on table ${table} is 'mine'`,
	`drop table ${table}`,
];

describe.each(servers)('the break-glass role on $name', (server) => {
	let two: TwoFirms;
	let lease: SqlLease;
	let tables: readonly { readonly name: string; readonly column: string }[];
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		await addContent(two.admin, two.north);
		lease = await activeLeaseBySql(two, two.north, { classes: CLASSES });
		tables = await two.admin`select quote_ident(relname) as name, (select quote_ident(attname) from pg_attribute
				where attrelid = c.oid and attnum > 0 and not attisdropped order by attnum limit 1) as column
			from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') order by 1`;
	});
	afterAll(() => two?.close());

	const outcome = (statement: string) => codeOf(asBreakGlass(two, under(lease), (tx) => tx.unsafe(statement)));

	it('reads the content tables, wrapped keys and grant tokens, and no other table', async () => {
		const readable = [...CONTENT.map(({ table }) => table), 'data_keys', 'lease_grant_tokens'].sort();
		expect(tables.length).toBeGreaterThan(readable.length + 15);
		for (const { name } of tables)
			expect(await outcome(`select * from public.${name}`), name).toEqual(
				readable.includes(name) ? 'done' : NO_PRIVILEGE,
			);
		const privileges = await two.admin`
			select distinct table_name as name, privilege_type as privilege from information_schema.role_column_grants
			where grantee = 'firmseal_break_glass' order by 1`;
		expect(privileges.map(({ name, privilege }) => [name, privilege])).toEqual(
			readable.map((name) => [name, 'SELECT']),
		);
	});

	it('writes and locks nothing, in any table', async () => {
		for (const { name, column } of tables)
			for (const statement of writes(`public.${name}`, column))
				expect([statement, await outcome(statement)]).toEqual([statement, NO_PRIVILEGE]);
		const [count] = await two.admin`select count(*)::int as n from notes where firm_id = ${two.north.id}`;
		expect(count?.n).toBeGreaterThan(0);
	});

	it('gains nothing from the functions of the lease machine, of the clock and of others', async () => {
		for (const call of [
			"may_move_lease('ACTIVE', 'REVOKED', 'firmseal_operator')",
			"is_lease_open('ACTIVE', now(), now(), now())",
			'is_clock_sound()',
			'raise_clock_high_water_mark()',
			'reset_clock_high_water_mark()',
			'generate_uuid_v7()',
			`is_person_among('${lease.user}', array['${lease.user}']::uuid[])`,
			`count_open_leases('${lease.user}')`,
			`identity_of_member('${lease.user}')`,
			"secure_workspace('{}')",
			"identify('issuer', 'subject')",
			`last_audit_sequence('${lease.id}')`,
			`complete_owner_recovery('${lease.id}', '\\x00')`,
		])
			expect([call, await outcome(`select public.${call}`)]).toEqual([call, NO_PRIVILEGE]);
	});

	it('cannot be taken by any other login', async () => {
		for (const side of ['firm', 'worker', 'broker'] as const)
			expect(
				await codeOf(two.installation.signIn(side).begin((tx) => tx`set local role firmseal_break_glass`)),
				side,
			).toBe(NO_PRIVILEGE);
		const members = await two.admin`select pg_get_userbyid(member) as name from pg_auth_members
			where roleid = 'firmseal_break_glass'::regrole and pg_get_userbyid(member) like 'firmseal\\_%\\_login'`;
		expect(members.map(({ name }) => name)).toEqual([LOGINS.operator]);
	});
});
