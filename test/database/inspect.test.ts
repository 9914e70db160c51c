import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openConnection } from '../../src/database/connection.ts';
import {
	type DatabaseCheck,
	inspectDatabase,
	inspectLogin,
	measureClockDifference,
	openPlane,
	type Plane,
	prepareDatabase,
	readCatalogue,
	readExpectedCatalogue,
	type Transaction,
} from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { LOGINS, PASSWORD } from '../support/installation.ts';
import { sampled } from '../support/scale.ts';
import { type Area, BREAKS, type Break, FUNCTIONS, IN_TWO_AREAS, withOtherBody } from './inspect-breaks.ts';
import { makeTwoFirms, type Side, type TwoFirms } from './two-firms.ts';

/** Expects the check of an area to report this line. */
const WORDS: Readonly<Record<Area, RegExp>> = {
	tables: /tables/,
	privileges: /privilege/,
	policies: /policies/,
	triggers: /triggers/,
	constraints: /constraints/,
	functions: /functions/,
	roles: /roles/,
};
const areaOf = ({ check }: DatabaseCheck) => Object.entries(WORDS).find(([, word]) => word.test(check))?.[0];
const breaks = Object.entries<readonly Break[]>(BREAKS).flatMap(([area, ofArea]) =>
	ofArea.map(([broken, line, ...elsewhere]) => [area, broken, line, elsewhere] as const),
);

class Undone extends Error {}

describe.each(servers)('the doctor’s database checks on $name', (server) => {
	let two: TwoFirms;
	let adminUrl: string;
	let superuser: Client;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		adminUrl = two.installation.env.FIRMSEAL_ADMIN_DATABASE_URL as string;
		superuser = await openConnection(adminUrl);
	});
	afterAll(async () => {
		await superuser?.end();
		await two?.close();
	});

	/** In a transaction that is rolled back, because all databases of the server share the roles. */
	async function findWrongAfter(statement: string, options?: { sharedLogin: boolean }): Promise<DatabaseCheck[]> {
		let wrong: DatabaseCheck[] = [];
		const attempt = drizzle(superuser).transaction(async (tx: Transaction) => {
			await tx.execute(sql.raw(statement.replaceAll('DB', two.admin.options.database)));
			await tx.execute(sql`set local role firmseal_worker`);
			const plane: Plane = {
				role: 'firmseal_worker',
				read: <T>(_: string | null, work: (tx: Transaction) => Promise<T>) => work(tx),
				write: <T>(_: string | null, work: (tx: Transaction) => Promise<T>) => work(tx),
				append: async (_firm, statement) => void (await tx.execute(statement)),
				forClient: () => plane,
				forLease: () => plane,
				forJob: () => plane,
				limitedPerParty: (_, work) => work(),
				exclusivePerParty: (_, work) => work(),
				close: async () => {},
			};
			wrong = (await inspectDatabase(plane, options)).filter(({ ok }) => !ok);
			throw new Undone();
		});
		await attempt.catch((error: unknown) => {
			if (!(error instanceof Undone)) throw error;
		});
		return wrong;
	}

	const superuserPlane = (role: 'firmseal_firm' | 'firmseal_operator' | 'firmseal_worker') =>
		openPlane({ url: adminUrl, role, connections: 1 });

	it('pass after preparation, whichever plane runs them', async () => {
		for (const side of ['firm', 'operator', 'worker'] as const) {
			const findings = await inspectDatabase(two.plane(side, 1));
			expect(findings.flatMap((finding) => areaOf(finding) ?? [])).toEqual(Object.keys(WORDS));
			for (const finding of findings) expect(finding).toEqual({ check: finding.check, ok: true, fix: null });
		}
	});

	it('match what `node tools/catalogue-lock.ts` has written: run it after a change of the migrations', async () => {
		expect(await readCatalogue(two.plane('worker', 1))).toEqual(readExpectedCatalogue());
	});

	it('pass if prepared again, and if a superuser serves all planes', async () => {
		await prepareDatabase(adminUrl, []);
		for (const side of ['firm', 'operator', 'worker'] as const) {
			const plane = superuserPlane(`firmseal_${side satisfies Side}`);
			expect((await inspectDatabase(plane, { sharedLogin: true })).filter(({ ok }) => !ok)).toEqual([]);
			expect((await inspectDatabase(plane)).filter(({ ok }) => !ok)).toEqual([]);
			await plane.close();
		}
	});

	it('require a preparation, which fails while another session locks its tables, and names that session', async () => {
		await two.admin.begin(async (tx) => {
			await tx`lock table drizzle.__drizzle_migrations in access exclusive mode`;
			await two.as('operator', null, async (other) => {
				await other`select id from notes`;
				await expect(prepareDatabase(adminUrl, [], { lockTimeout: 1 })).rejects.toThrow(
					/^The database can’t be changed .*: firmseal_operator_login \(\d+\), postgres \(\d+\)\. Stop/,
				);
			});
		});
		await prepareDatabase(adminUrl, [], { lockTimeout: 1 });
	});

	it('require a preparation, which fails while a login locks the row of the database, and names it', async () => {
		await two.installation.signIn('operator').begin(async (tx) => {
			await tx.unsafe(`grant connect on database ${two.admin.options.database} to current_user`);
			await expect(prepareDatabase(adminUrl, [], { lockTimeout: 1 })).rejects.toThrow(
				/process ids: firmseal_operator_login \(\d+\)\. Stop/,
			);
		});
		await prepareDatabase(adminUrl, [], { lockTimeout: 1 });
	});

	it('require a preparation, which fails while a login locks its own row among the roles, and names it', async () => {
		const url = two.installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string;
		const [limit] = await two.admin`select rolconnlimit as most from pg_roles where rolname = ${LOGINS.operator}`;
		await two.admin.unsafe(`alter role ${LOGINS.operator} connection limit -1`);
		const login = await openConnection(url);
		try {
			await login.query(`begin; alter role current_user password '${PASSWORD}'`);
			await expect(prepareDatabase(adminUrl, [{ url, role: 'firmseal_operator' }], { lockTimeout: 1 })).rejects.toThrow(
				/^The database can’t be changed .*: firmseal_operator_login \(\d+\)\. Stop/,
			);
		} finally {
			await login.end();
			await two.admin.unsafe(`alter role ${LOGINS.operator} connection limit ${limit?.most}`);
		}
	});

	it.each(sampled(breaks))('find drift in the %s: %s', async (area, broken, line, elsewhere) => {
		const wrong = await findWrongAfter(broken);
		// A new login has no limit for its temporary files either.
		expect(wrong.flatMap((finding) => areaOf(finding) ?? []).sort()).toEqual([area, ...elsewhere].sort());
		expect(wrong.find((finding) => areaOf(finding) === area)?.fix).toContain(line);
	});

	it.each(sampled(FUNCTIONS))('find a changed body of %s()', async (name, line) => {
		const wrong = await findWrongAfter(withOtherBody(name));
		expect(wrong.map(areaOf)).toEqual(['functions']);
		// Only its own line: if the change altered more, this would not show that the body is compared.
		expect(wrong[0]?.fix?.match(/(^|; )\+ /g)).toHaveLength(1);
		expect(wrong[0]?.fix).toContain(`+ ${line}`);
	});

	it('cover every function that exists', async () => {
		const rows = await two.admin`select proname as name from pg_proc where pronamespace = 'public'::regnamespace`;
		expect(rows.map(({ name }) => name).sort()).toEqual(FUNCTIONS.map(([name]) => name).sort());
	});

	it.each(IN_TWO_AREAS)('find drift in two areas: %s', async (broken, ...lines) => {
		const wrong = await findWrongAfter(broken);
		expect(wrong).toHaveLength(2);
		for (const line of lines) expect(wrong.map(({ fix }) => fix).join('\n')).toContain(line);
	});

	it('report the first differences and how many more there are', async () => {
		const [{ fix } = { fix: null }] = await findWrongAfter(
			'revoke all on notes, users, audit_entries from firmseal_firm',
		);
		expect(fix?.match(/(^|; )- /g)).toHaveLength(6);
		expect(fix).toMatch(/; and \d+ more\. Run `firmseal init`/);
	});

	it('exempt the one login that a developer signs in with, and no other', async () => {
		const all =
			'firmseal_owner, firmseal_firm, firmseal_portal, firmseal_operator, firmseal_break_glass, firmseal_broker, firmseal_worker, firmseal_maintenance, firmseal_log, firmseal_signer';
		const signedIn = `create role one_for_all login createrole noinherit; grant ${all} to one_for_all;
			alter database DB owner to one_for_all; set local session authorization one_for_all`;
		expect(await findWrongAfter(signedIn, { sharedLogin: true })).toEqual([]);
		const asLogin = await findWrongAfter(signedIn);
		expect(asLogin.flatMap((finding) => areaOf(finding) ?? [])).toEqual(['privileges', 'roles']);
		expect(asLogin.at(-1)?.fix).toContain('with temporary files: one_for_all.');
		const [other, ...more] = await findWrongAfter(`grant ${all} to firmseal_operator_login; ${signedIn}`, {
			sharedLogin: true,
		});
		expect(more).toEqual([]);
		expect(other?.fix).toContain('+ firmseal_operator_login may become firmseal_break_glass and firmseal_broker and');
		expect(other?.fix).not.toContain('one_for_all');
	});

	it('ignore objects of other owners', async () => {
		expect(
			await findWrongAfter(`create schema theirs; create table theirs.things (id int); grant select on theirs.things to public;
				create role of_theirs; grant create, temporary on database DB to of_theirs;
				create function public.of_extension() returns int language sql as 'select 1';
				alter extension plpgsql add function of_extension()`),
		).toEqual([]);
	});

	it('find a server that logs rows', async () => {
		const wrong = await findWrongAfter("set local log_error_verbosity = 'default'");
		expect(wrong.map(({ fix }) => fix)).toEqual([expect.stringContaining('log_error_verbosity = terse')]);
	});

	it.each([
		'drop event trigger firmseal_guard',
		'alter event trigger firmseal_guard disable',
		'create or replace function firmseal_guard.refuse_statement() returns event_trigger language plpgsql as $$ begin end $$',
		'alter function firmseal_guard.refuse_statement() owner to firmseal_owner',
	])('find a database whose logins may wait for its tables: %s', async (statement) => {
		const wrong = await findWrongAfter(statement);
		expect(wrong.map(({ fix }) => fix)).toEqual([
			expect.stringMatching(/^PostgreSQL refuses such a statement only after/),
		]);
	});

	it('do not take an administrator’s role for one of ours by the start of its name', async () => {
		const owner = `create role firmseal_admin superuser;
			alter function firmseal_guard.refuse_statement() owner to firmseal_admin`;
		const reader = `create role firmseal_readers; create role a_reader login; grant firmseal_readers to a_reader;
			grant temporary on database DB to a_reader; set local session authorization a_reader;
			create temporary table x (); reset session authorization`;
		for (const statements of [owner, reader]) expect(await findWrongAfter(statements)).toEqual([]);
	});

	it('find logins that can fill the disk by sorting', async () => {
		const wrong = await findWrongAfter(`
			alter role firmseal_firm_login reset temp_file_limit; alter role firmseal_broker_login set temp_file_limit = -1`);
		expect(wrong.map(({ fix }) => fix)).toEqual([
			expect.stringContaining('with temporary files: firmseal_broker_login, firmseal_firm_login. Run `firmseal init`'),
		]);
	});

	it('find a server whose own databases the logins can sign in to', async () => {
		const wrong = await findWrongAfter('grant connect on database postgres, template1 to public');
		expect(wrong.map(({ fix }) => fix)).toEqual([
			expect.stringContaining('REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC'),
		]);
	});

	it('find a server that lets logins take locks that others wait for', async () => {
		const wrong = await findWrongAfter(`
			grant execute on function pg_advisory_lock(bigint), lo_create(oid) to public;
			grant execute on function lo_put(oid, bigint, bytea) to firmseal_operator;
			grant execute on function pg_try_advisory_lock(bigint) to firmseal_firm_login`);
		expect(wrong.map(({ fix }) => fix)).toEqual([
			expect.stringContaining(
				'lo_create (every login), lo_put (firmseal_operator), pg_advisory_lock (every login), pg_try_advisory_lock (firmseal_firm_login). Run `firmseal init`',
			),
		]);
		await prepareDatabase(adminUrl, []);
		await two.admin`grant execute on function lo_create(oid) to public`;
		const check = async () => (await inspectDatabase(two.plane('worker', 1))).filter(({ ok }) => !ok).length;
		expect(await check()).toBe(1);
		await prepareDatabase(adminUrl, []);
		expect(await check()).toBe(0);
	});

	it('report who is signed in', async () => {
		for (const side of ['firm', 'operator', 'worker'] as const) {
			expect(await inspectLogin(two.plane(side, 1))).toEqual({ isOwner: false, isSuperuser: false });
		}
		const plane = superuserPlane('firmseal_firm');
		expect(await inspectLogin(plane)).toMatchObject({ isSuperuser: true });
		await plane.close();
	});

	it('measure how far the clocks differ, excluding the response delay', async () => {
		const plane = two.plane('worker', 1);
		const { now } = Date;
		let ahead = 0;
		const here = vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
		const slow: Plane['read'] = (firm, work) =>
			plane.read(firm, (tx) => {
				const execute: Transaction['execute'] = ((asked) =>
					tx.execute(asked).then((answer) => {
						ahead += 60_000;
						return answer;
					})) as Transaction['execute'];
				return work({ execute } as Transaction);
			});
		try {
			expect(await measureClockDifference({ ...plane, read: slow })).toBe(0);
			expect(await measureClockDifference(plane)).toBeLessThan(-30_000);
			ahead = -60_000;
			expect(await measureClockDifference(plane)).toBeGreaterThan(30_000);
		} finally {
			here.mockRestore();
		}
	});
});
