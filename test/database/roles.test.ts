import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDrift } from '../../src/database/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { servers } from '../support/both-servers.ts';
import { LOGINS } from '../support/installation.ts';
import { codeOf, envelopeOf, makeTwoFirms, NO_PRIVILEGE, roleOf, type Side, type TwoFirms } from './two-firms.ts';

const SIDES: Side[] = ['firm', 'operator', 'worker'];
const TABLES = ['firms', 'users', 'memberships', 'operators', 'notes', 'data_keys', 'audit_entries'];

const NEW_KEY = {
	class: "'BILLING'",
	version: '1',
	state: "'ACTIVE'",
	wrapped: "'\\x00'",
	commitment: "decode(repeat('00', 32), 'hex')",
	key_id: "'k'",
};

/** Settings that a login may change for itself, and the values that its plane's transactions still have. */
const DEFAULTS: Readonly<Record<string, readonly [own: string, kept: string]>> = {
	search_path: ['', 'public, pg_temp'],
	row_security: ['off', 'on'],
	lock_timeout: ['60s', '0'],
	statement_timeout: ['60s', '15s'],
	idle_in_transaction_session_timeout: ['60s', '15s'],
	synchronous_commit: ['off', 'on'],
	standard_conforming_strings: ['off', 'on'],
	array_nulls: ['off', 'on'],
	transform_null_equals: ['on', 'off'],
	bytea_output: ['escape', 'hex'],
	extra_float_digits: ['-15', '1'],
	IntervalStyle: ['iso_8601', 'postgres'],
	DateStyle: ['german', 'ISO, DMY'],
	TimeZone: ['Asia/Kabul', 'UTC'],
	default_transaction_isolation: ['serializable', 'serializable'],
	default_transaction_read_only: ['on', 'on'],
};

describe.each(servers)('the roles on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());

	const run = (side: Side, firm: string | null, statement: string) => two.as(side, firm, (tx) => tx.unsafe(statement));
	const attempt = (side: Side, firm: string | null, statement: string) => codeOf(run(side, firm, statement));

	describe.each(SIDES)('the login of the %s plane', (side) => {
		it('has no privileges before it takes its role', async () => {
			const sql = two.installation.signIn(side);
			for (const table of TABLES) {
				expect(await codeOf(sql.unsafe(`select 1 from ${table}`))).toBe(NO_PRIVILEGE);
				expect(await codeOf(sql.unsafe(`delete from ${table}`))).toBe(NO_PRIVILEGE);
			}
			expect(await codeOf(sql`select * from identify('issuer', 'subject')`)).toBe(NO_PRIVILEGE);
			expect(await codeOf(sql`select last_audit_sequence(${uuidv7()})`)).toBe(NO_PRIVILEGE);
		});

		it('has no privileges again after its transaction, on the same connection', async () => {
			const sql = two.installation.signIn(side);
			const connection = await sql.reserve();
			await connection`begin`;
			await connection`select set_config('role', ${roleOf(side)}, true), set_config('firmseal.firm', ${two.north.id}, true)`;
			await connection`commit`;
			const [after] = await connection`select current_user as name, current_setting('firmseal.firm', true) as firm`;
			expect(after).toEqual({ name: LOGINS[side], firm: '' });
			expect(await codeOf(connection`select 1 from firms`)).toBe(NO_PRIVILEGE);
			connection.release();
		});

		it("cannot become another plane's role, the owner, another login or the superuser", async () => {
			const others = [
				...SIDES.filter((other) => other !== side).flatMap((other) => [roleOf(other), LOGINS[other]]),
				// Parts of the worker's plane.
				...(side === 'worker' ? [] : ['firmseal_maintenance', 'firmseal_log', 'firmseal_signer']),
				'firmseal_owner',
				'postgres',
			];
			for (const other of others) {
				expect([other, await attempt(side, null, `set role ${other}`)]).toEqual([other, NO_PRIVILEGE]);
				expect([other, await attempt(side, null, `set local role ${other}`)]).toEqual([other, NO_PRIVILEGE]);
				expect([other, await attempt(side, null, `set session authorization ${other}`)]).toEqual([other, NO_PRIVILEGE]);
				expect([other, await attempt(side, null, `grant ${other} to ${LOGINS[side]}`)]).toEqual([other, NO_PRIVILEGE]);
			}
			for (const back of ['reset role', 'set role none', 'set session authorization default']) {
				expect(await attempt(side, two.north.id, `${back}; select 1 from firms`)).toBe(NO_PRIVILEGE);
			}
		});

		it('creates nothing in the database and weakens none of its locks', async () => {
			for (const statement of [
				'create table public.notes2 (id uuid)',
				'create temp table notes (id uuid)',
				'create schema mine',
				'create view public.v as select 1 as one',
				"create function public.f() returns int language sql as 'select 1'",
				"create function pg_temp.f() returns int language sql as 'select 1'",
				'create domain public.d as text',
				'alter table notes disable row level security',
				'alter table notes no force row level security',
				'drop policy "firm" on notes',
				'create policy mine on notes using (true)',
				'alter table audit_entries disable trigger all',
				'drop table notes',
				'alter domain sealed drop constraint sealed_check',
				`alter role ${roleOf(side)} bypassrls`,
				`grant select on notes to ${roleOf(side)}`,
				'set session_replication_role = replica',
				"set log_statement = 'all'",
				"select pg_read_file('postgresql.conf')",
				"copy firms to program 'cat'",
				"select lo_import('/etc/hostname')",
			]) {
				const outcome = await attempt(side, two.north.id, statement);
				// PostgreSQL only warns about the grant of a right that the grantor does not have.
				if (statement.startsWith('grant')) continue;
				expect([statement, outcome]).toEqual([statement, NO_PRIVILEGE]);
			}
			const [grants] = await two.admin`select count(*)::int as n from information_schema.role_table_grants
				where table_name = 'notes' and grantee = 'firmseal_operator' and privilege_type = 'SELECT'`;
			expect(grants?.n).toBe(0);
		});

		it('finds, reads and stores the same under defaults that it sets for itself, which are detected', async () => {
			const { admin, installation } = two;
			const login = `${LOGINS[side]} in database ${installation.name}`;
			const [server] = await admin`select current_setting('server_version_num')::int >= 170000 as "isRecent"`;
			const own: typeof DEFAULTS = server?.isRecent ? { ...DEFAULTS, transaction_timeout: ['60s', '0'] } : DEFAULTS;
			const sql = installation.signIn(side);
			for (const [name, [value]] of Object.entries(own))
				await sql.unsafe(`alter role ${login} set ${name} = '${value}'`);
			try {
				const plane = two.plane(side, 1);
				const settings = await plane.write(two.north.id, async (tx) => {
					await tx.execute('select slug from firms');
					const { rows } = await tx.execute(
						`select name, current_setting(name) as value from pg_settings where name in (${Object.keys(own).map((name) => `'${name}'`)})`,
					);
					return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
				});
				expect(settings).toEqual(Object.fromEntries(Object.entries(own).map(([name, [, kept]]) => [name, kept])));
				const [wrong, ...others] = await findDrift(plane);
				expect([wrong?.area, others]).toEqual(['roles', []]);
				expect(wrong?.fix).toContain(`(ALTER ROLE ${LOGINS[side]} IN DATABASE ${installation.name} RESET `);
			} finally {
				await admin.unsafe(`alter role ${login} reset all`);
			}
			expect(await findDrift(two.plane(side, 1))).toEqual([]);
		});

		it('gets past no row policy by switching it off', async () => {
			const outcome = await attempt(side, two.north.id, 'set local row_security = off; select id from firms');
			expect(outcome).toBe(NO_PRIVILEGE);
		});
	});

	describe('the catalogue, for every login and the roles that it may take,', () => {
		const BECOMES = `become as (select distinct r.oid, r.rolname as role from pg_roles l join pg_roles r on pg_has_role(l.oid, r.oid, 'member')
			where l.rolname in (${Object.values(LOGINS).map((login) => `'${login}'`)}))`;

		it('lets none lock a table against others, create anything, or set a sequence', async () => {
			const found = await two.admin.unsafe(`with ${BECOMES}
				select b.role, c.oid::regclass::text as what from become b cross join pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'f')
					and (has_table_privilege(b.oid, c.oid, 'UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
						or case when current_setting('server_version_num')::int >= 170000 then has_table_privilege(b.oid, c.oid, 'MAINTAIN') end)
				union all select b.role, 'schema ' || n.nspname from become b cross join pg_namespace n where has_schema_privilege(b.oid, n.oid, 'CREATE')
				union all select b.role, 'tablespace ' || t.spcname from become b cross join pg_tablespace t where has_tablespace_privilege(b.oid, t.oid, 'CREATE')
				union all select b.role, 'database' from become b where has_database_privilege(b.oid, current_database(), 'CREATE, TEMPORARY')
				union all select b.role, 'sequence ' || c.relname from become b cross join pg_class c where c.relkind = 'S' and has_sequence_privilege(b.oid, c.oid, 'UPDATE')`);
			// The superuser's decision for the whole server: every login can read pg_settings and change its own settings by it.
			expect(found.filter(({ what }) => what !== 'pg_settings')).toEqual([]);
		});

		it('lets few lock rows that others refer to', async () => {
			const found = await two.admin.unsafe(`with ${BECOMES}
				select c.relname as name, string_agg(replace(b.role, 'firmseal_', ''), ' ' order by b.role) as roles from become b cross join pg_class c
				where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and has_any_column_privilege(b.oid, c.oid, 'UPDATE')
					and exists (select from pg_constraint k where k.contype = 'f' and k.confrelid = c.oid)
				group by 1 order by 1`);
			expect(Object.fromEntries(found.map(({ name, roles }) => [name, roles]))).toEqual({
				// Only the firm's own plane writes these; maintenance writes only what its running job is about.
				clients: 'firm maintenance',
				documents: 'firm maintenance portal',
				invoices: 'firm maintenance',
				messages: 'firm maintenance',
				notes: 'firm maintenance',
				threads: 'firm maintenance portal',
				// The worker changes rows without a proof, maintenance those of a firm that it erases.
				memberships: 'firm maintenance worker',
				firms: 'maintenance',
				users: 'maintenance',
				erasures: 'maintenance worker',
				// Approvers agree to jobs on their own plane.
				jobs: 'firm maintenance operator worker',
				// A session that ends a lease waits for a while and then gets an answer: test/leases/blocking-logins.test.ts.
				leases: 'broker firm operator',
			});
		});
	});

	describe('the firm plane', () => {
		it('sees the firm that its transaction names, and no row if it names none', async () => {
			for (const [firm, notes] of [
				[two.north.id, [{ id: two.north.note }]],
				[two.harbour.id, [{ id: two.harbour.note }]],
				[null, []],
			] as const) {
				expect(await run('firm', firm, 'select id from notes')).toEqual(notes);
				expect(await run('firm', firm, 'select id from firms')).toEqual(firm ? [{ id: firm }] : []);
				expect((await run('firm', firm, 'select firm_id from memberships')).map((row) => row.firm_id)).toEqual(
					firm ? [firm, firm, firm] : [],
				);
				expect(await run('firm', firm, 'select email from users')).toHaveLength(firm ? 3 : 0);
			}
		});

		it('may name any firm: one at a time, never two', async () => {
			const seen = await two.as('firm', two.north.id, async (tx) => {
				await tx`select set_config('firmseal.firm', ${two.harbour.id}, true)`;
				return tx`select firm_id from notes`;
			});
			expect(seen).toEqual([{ firm_id: two.harbour.id }]);
			expect(await attempt('firm', 'not-an-id', 'select id from notes')).toBe('22P02');
		});

		it("reaches no other firm's row by writing", async () => {
			const { north, harbour } = two;
			expect((await run('firm', north.id, `update notes set title = null where id = '${harbour.note}'`)).count).toBe(0);
			const foreign = `insert into notes (firm_id, id, author_id) values ('${harbour.id}', '${uuidv7()}', '${harbour.author}')`;
			expect(await attempt('firm', north.id, foreign)).toBe(NO_PRIVILEGE);
			expect(await attempt('firm', null, foreign)).toBe(NO_PRIVILEGE);
			const taken = `insert into notes (firm_id, id, author_id) values ('${north.id}', '${harbour.note}', '${north.author}')`;
			expect(await attempt('firm', north.id, taken)).toBe('23505');
			const strangeAuthor = `insert into notes (firm_id, id, author_id) values ('${north.id}', '${uuidv7()}', '${harbour.author}')`;
			expect(await attempt('firm', north.id, strangeAuthor)).toBe('23503');
		});

		it('changes content and revision of a note, not its identity, and deletes none', async () => {
			const { north } = two;
			expect(
				await attempt('firm', north.id, 'update notes set revision = revision + 1, updated_at = now(), title = title'),
			).toBe('done');
			for (const column of ['firm_id', 'id', 'author_id', 'created_at']) {
				expect(await attempt('firm', north.id, `update notes set ${column} = ${column}`), column).toBe(NO_PRIVILEGE);
			}
			expect(await attempt('firm', north.id, 'delete from notes')).toBe(NO_PRIVILEGE);
			expect(await attempt('firm', north.id, 'truncate notes')).toBe(NO_PRIVILEGE);
		});

		it('reads no operator and no external identity of an account', async () => {
			for (const statement of [
				'select user_id from operators',
				...['issuer', 'subject', 'person_id', '*'].map((column) => `select ${column} from users`),
			]) {
				expect([statement, await attempt('firm', two.north.id, statement)]).toEqual([statement, NO_PRIVILEGE]);
			}
			// Policies limit the accounts and members that it makes: test/attacks/members-by-sql.test.ts.
			for (const table of ['firms', 'operators']) {
				expect(await attempt('firm', two.north.id, `insert into ${table} default values`), table).toBe(NO_PRIVILEGE);
			}
			for (const table of ['firms', 'users', 'memberships', 'operators']) {
				expect(await attempt('firm', two.north.id, `update ${table} set created_at = now()`), table).toBe(NO_PRIVILEGE);
				expect([table, await attempt('firm', two.north.id, `delete from ${table}`)]).toEqual([table, NO_PRIVILEGE]);
			}
		});

		it('stores wrapped data keys of its own firm, and replaces none', async () => {
			const { north, harbour } = two;
			const insert = (firm: string) =>
				`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
				values ('${firm}', 'NOTE', 1, 'ACTIVE', '\\x00', decode(repeat('00', 32), 'hex'), 'k')`;
			expect(await attempt('firm', north.id, insert(north.id))).toBe('done');
			expect(await attempt('firm', north.id, insert(harbour.id))).toBe(NO_PRIVILEGE);
			expect(await run('firm', harbour.id, "select firm_id from data_keys where class = 'NOTE'")).toEqual([]);
			expect(await run('firm', harbour.id, 'select distinct firm_id from data_keys')).toEqual([
				{ firm_id: harbour.id },
			]);
			for (const column of ['wrapped', 'commitment', 'key_id', 'version', 'firm_id', 'class']) {
				expect(await attempt('firm', north.id, `update data_keys set ${column} = ${column}`), column).toBe(
					NO_PRIVILEGE,
				);
			}
			expect(await attempt('firm', north.id, 'delete from data_keys')).toBe(NO_PRIVILEGE);
		});
	});

	describe('the worker', () => {
		it('accesses no content, and cannot replace or add a wrapped key', async () => {
			const note = `(firm_id, id, author_id, title) values ('${two.north.id}', '${uuidv7()}', '${two.north.author}', '\\x${envelopeOf(two.north.id).toString('hex')}')`;
			for (const statement of [
				'select id from notes',
				'select count(*) from notes',
				'select title from notes',
				'update notes set title = null',
				'delete from notes',
				`insert into notes ${note}`,
				'copy notes to stdout',
			]) {
				expect([statement, await attempt('worker', two.north.id, statement)]).toEqual([statement, NO_PRIVILEGE]);
			}
			for (const statement of [
				'update data_keys set wrapped = wrapped',
				'delete from data_keys',
				`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
				values ('${two.north.id}', 'BILLING', 1, 'ACTIVE', '\\x00', decode(repeat('00', 32), 'hex'), 'k')`,
			]) {
				expect([statement, await attempt('worker', two.north.id, statement)]).toEqual([statement, NO_PRIVILEGE]);
			}
		});

		it('creates the first key that proves a firm’s rights, and takes none away or disables it for good', async () => {
			const key = (firm: string, version: number, state: string, of = 'RIGHTS') =>
				`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
				values ('${firm}', '${of}', ${version}, '${state}', '\\x00', decode(repeat('00', 32), 'hex'), 'k')`;
			const move = (firm: string, to: string) =>
				`update data_keys set ${to} where firm_id = '${firm}' and class = 'RIGHTS' returning version`;
			await two.admin.unsafe(key(two.north.id, 1, 'ACTIVE', 'BILLING'));
			for (const to of ['RETIRED', 'DISABLED', 'DESTROYED'])
				expect([to, await run('worker', null, move(two.north.id, `state = '${to}'`))]).toEqual([to, []]);
			expect(
				await run('worker', null, "update data_keys set state = 'RETIRED' where class <> 'RIGHTS' returning version"),
			).toEqual([]);
			for (const to of ["state = 'DESTROYED'", "state = 'ACTIVE'", 'sealed = 9'])
				expect([to, await attempt('worker', null, move(PLATFORM_FIRM_ID, to))]).toEqual([to, NO_PRIVILEGE]);
			const made = uuidv7();
			for (const statement of [
				key(two.north.id, 2, 'RETIRED'),
				key(two.north.id, 2, 'DESTROYED'),
				key(made, 2, 'ACTIVE'),
				key(made, 1, 'DESTROYED'),
				key(made, 1, 'ACTIVE', 'NOTE'),
			])
				expect([statement, await attempt('worker', null, statement)]).toEqual([statement, NO_PRIVILEGE]);
			// The platform gets another key if its key service was lost.
			await two.admin
				.begin(async (tx) => {
					await tx`select set_config('role', 'firmseal_worker', true)`;
					for (const statement of [move(PLATFORM_FIRM_ID, "state = 'RETIRED'"), key(PLATFORM_FIRM_ID, 2, 'ACTIVE')])
						expect(await tx.unsafe(statement)).toHaveProperty('count', 1);
					throw new Error('Taken back.');
				})
				.catch((error: Error) => expect(error.message).toBe('Taken back.'));
			expect(await attempt('worker', null, key(made, 1, 'ACTIVE'))).toBe('done');
		});

		it('renames no person, moves no member and reads no log', async () => {
			for (const statement of [
				'update users set person_id = gen_random_uuid()',
				"update users set subject = 'mine'",
				"update memberships set role = 'OWNER'",
				'update memberships set firm_id = firm_id',
				'delete from memberships',
				'delete from operators',
				"update firms set slug = 'mine'",
				'delete from firms',
				'select leaf from audit_entries',
			]) {
				expect([statement, await attempt('worker', null, statement)]).toEqual([statement, NO_PRIVILEGE]);
			}
		});
	});

	it('the firm’s plane adds no content, person, key or file to an erased firm', async () => {
		const id = uuidv7();
		await two.admin`insert into erasures (id, firm_id, mac) values (${id}, ${two.harbour.id}, ${Buffer.alloc(36)})`;
		const tables = await two.admin`
			select table_name as name from information_schema.column_privileges
			where grantee = 'firmseal_firm' and privilege_type = 'INSERT' and column_name = 'firm_id' order by 1`;
		const added = tables.map(async ({ name }) => {
			// Refuses first a key, or an entry of the key log, that differs from those that the program makes.
			const rows: Readonly<Record<string, Record<string, string>>> = {
				data_keys: NEW_KEY,
				key_log_entries: { seq: '0', leaf: `'{"firm":"${two.harbour.id}","prev":"${'0'.repeat(64)}","seq":0}'` },
			};
			const row = rows[name] ?? {};
			const statement = `insert into ${name} (${['firm_id', ...Object.keys(row)]}) values ('${two.harbour.id}' ${Object.values(
				row,
			)
				.map((value) => `, ${value}`)
				.join('')})`;
			const refused = await run('firm', two.harbour.id, statement).then(
				() => '',
				(error: Error) => error.message,
			);
			return [name, refused.includes('"not_erased"')] as const;
		});
		const others = (await Promise.all(added)).filter(([, isRefused]) => !isRefused).map(([name]) => name);
		await two.admin`delete from erasures where id = ${id}`;
		// Facts and requests of firms, without content. Another rule refuses the row of a file, a
		// custody without its entry, and a reason without its decision, first.
		expect(others).toEqual([
			'audit_entries',
			'firm_custody',
			'jobs',
			'key_refusals',
			'lease_approvals',
			'lease_decision_texts',
			'lease_ends',
			'notices',
			'owner_recovery_ends',
			'stored_objects',
		]);
	});
});
