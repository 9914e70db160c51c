import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/api/index.ts';
import { type Config, readConfig } from '../../src/config/config.ts';
import { openConnection } from '../../src/database/connection.ts';
import { openPlane, type PlaneRole } from '../../src/database/index.ts';
import { assertNoDrift } from '../../src/processes/start-checks.ts';
import { LOGINS, makeInstallation, PASSWORD, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { endAll, launch, MAIN } from '../system/program.ts';

const WARNING = 'the database has drifted from its migrations: run firmseal doctor';
const PROCESSES = ['serve', 'broker', 'worker'] as const;
const URLS = {
	firmseal_firm: 'DATABASE_URL',
	firmseal_operator: 'FIRMSEAL_OPERATOR_DATABASE_URL',
	firmseal_broker: 'FIRMSEAL_BROKER_DATABASE_URL',
	firmseal_worker: 'FIRMSEAL_WORKER_DATABASE_URL',
} as const;
const ROLES = Object.keys(URLS) as (keyof typeof URLS)[];

let installation: TestInstallation;
beforeAll(async () => {
	installation = await makeInstallation(embedded);
});
afterEach(endAll);
afterAll(() => installation?.close());

/** Starts a process as in development, waits until it runs, and ends it. @returns its warnings */
async function warningsOfStart(command: (typeof PROCESSES)[number]): Promise<unknown[]> {
	const program = launch(installation.env, process.execPath, [MAIN, command]);
	await program.saw(/(?:runs\.|\/graphql)\n$/);
	program.kill('SIGTERM');
	const { code, stdout, stderr } = await program.ended;
	expect({ code, stdout }).toEqual({
		code: 0,
		stdout: expect.stringMatching(/^(?:The \w+ runs\.|Firmseal answers on .*)\n$/),
	});
	return stderr
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line))
		.filter(({ msg }) => msg === WARNING);
}

const warningOf = (check: string, count: number) => ({
	level: 40,
	time: expect.any(String),
	check: expect.stringContaining(check),
	count,
	msg: WARNING,
});

/** The result of a process's start: its refusal or null, and the lines of its log. */
async function askAtStart(env: Config['env'], role: PlaneRole, url: string) {
	const lines: string[] = [];
	const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
	const plane = openPlane({ url, role, connections: 1 });
	try {
		await assertNoDrift(readConfig({ ...installation.env, FIRMSEAL_ENV: env }), plane, logger);
		return { refusal: null, lines };
	} catch (error) {
		return { refusal: error as Error, lines };
	} finally {
		await plane.close();
	}
}
const askInProduction = (role: keyof typeof URLS) =>
	askAtStart('production', role, installation.env[URLS[role]] as string);

describe('on a database unchanged since the migrations', () => {
	it.each(PROCESSES)('%s starts without a warning', async (command) => {
		expect(await warningsOfStart(command)).toEqual([]);
	});

	it.each(ROLES)('production reports nothing to %s', async (role) => {
		expect(await askInProduction(role)).toEqual({ refusal: null, lines: [] });
	});

	it('one login for all planes is allowed in development, and is drift in production', async () => {
		const { admin, env } = installation;
		await admin.unsafe(`create role one_for_all login noinherit password '${PASSWORD}'`);
		try {
			await admin.unsafe(
				`grant firmseal_owner, ${ROLES.join(', ')}, firmseal_break_glass, firmseal_portal, firmseal_maintenance, firmseal_log, firmseal_signer to one_for_all`,
			);
			const url = Object.assign(new URL(env.DATABASE_URL as string), { username: 'one_for_all' }).href;
			expect(await askAtStart('development', 'firmseal_worker', url)).toEqual({ refusal: null, lines: [] });
			const { refusal, lines } = await askAtStart('production', 'firmseal_worker', url);
			expect(refusal).toMatchObject({
				name: 'SetupError',
				message: expect.stringContaining('+ one_for_all may become'),
			});
			expect(lines).toEqual([]);
		} finally {
			await admin.unsafe('drop role one_for_all');
		}
	});
});

describe('when a login can use the connections of others', () => {
	it.each(ROLES)('production refuses to start %s, and development logs a warning', async (role) => {
		const { admin, env } = installation;
		const [before] = await admin`select rolconnlimit as most from pg_roles where rolname = ${LOGINS.operator}`;
		await admin.unsafe(`alter role ${LOGINS.operator} connection limit -1`);
		try {
			expect(await askInProduction(role)).toEqual({
				refusal: expect.objectContaining({
					name: 'SetupError',
					message:
						'Check failed: each login of the database has a connection limit, with room for its process. The login firmseal_operator_login has no connection limit, so it can take every connection of the server: run `firmseal init`.',
				}),
				lines: [],
			});
			const { refusal, lines } = await askAtStart('development', role, env[URLS[role]] as string);
			expect([refusal, lines.map((line) => JSON.parse(line))]).toEqual([null, [warningOf('connection limit', 1)]]);
		} finally {
			await admin.unsafe(`alter role ${LOGINS.operator} connection limit ${before?.most}`);
		}
	});

	it('production refuses limits that together exceed the server’s connections', async () => {
		const { admin } = installation;
		const [before] = await admin`select rolconnlimit as most from pg_roles where rolname = ${LOGINS.operator}`;
		await admin.unsafe(`alter role ${LOGINS.operator} connection limit 269`);
		try {
			expect((await askInProduction('firmseal_firm')).refusal).toMatchObject({
				message: expect.stringMatching(
					/add up to no more than the server has\. The limits \(.*\) exceed the \d+ of \d+/,
				),
			});
		} finally {
			await admin.unsafe(`alter role ${LOGINS.operator} connection limit ${before?.most}`);
		}
	});
});

/** The logins with the roles that each may become. PostgreSQL lets a login set defaults for all of these. */
const OF_LOGIN = {
	firmseal_firm: ['firmseal_firm_login', 'firmseal_firm', 'firmseal_portal'],
	firmseal_operator: ['firmseal_operator_login', 'firmseal_operator', 'firmseal_break_glass'],
	firmseal_broker: ['firmseal_broker_login', 'firmseal_broker'],
	firmseal_worker: [
		'firmseal_worker_login',
		'firmseal_worker',
		'firmseal_maintenance',
		'firmseal_log',
		'firmseal_signer',
	],
} as const;

describe('when a login has set defaults, as PostgreSQL allows', () => {
	/** Each default alone, set by the login itself. */
	async function asSetBy(of: keyof typeof URLS, settings: readonly string[], work: (name: string) => Promise<void>) {
		const login = await openConnection(installation.env[URLS[of]] as string);
		try {
			for (const name of OF_LOGIN[of]) {
				await login.query(`set role ${name === OF_LOGIN[of][0] ? 'none' : name}`);
				try {
					for (const setting of settings) await login.query(`alter role current_user set ${setting}`);
					await work(name);
				} finally {
					await login.query('alter role current_user reset all');
				}
			}
		} finally {
			await login.end();
		}
	}

	it.each(ROLES)('for itself or a role of its plane, only its own plane is refused (%s)', async (of) => {
		await asSetBy(of, ["search_path = 'evil'"], async (name) => {
			for (const role of ROLES) {
				const { refusal, lines } = await askInProduction(role);
				const outcome = [refusal?.message ?? null, lines.map((line) => JSON.parse(line))];
				expect([name, role, outcome]).toEqual([
					name,
					role,
					role === of
						? [
								expect.stringContaining(
									`+ ${name} begins with search_path (ALTER ROLE ${name} RESET search_path takes it away). Run`,
								),
								[],
							]
						: [null, [warningOf('each login may become one plane', 1)]],
				]);
			}
		});
		for (const role of ROLES) expect(await askInProduction(role)).toEqual({ refusal: null, lines: [] });
	});

	it('another plane’s refusal does not list them', async () => {
		// More lines than a check shows.
		const many =
			'lock_timeout statement_timeout work_mem temp_buffers cpu_tuple_cost cpu_index_tuple_cost hash_mem_multiplier';
		await installation.admin.unsafe(`alter role ${LOGINS.worker} set row_security = off`);
		try {
			const settings = many.split(' ').map((name) => `${name} = 100`);
			await asSetBy('firmseal_broker', settings, async () => {
				const { refusal } = await askInProduction('firmseal_worker');
				expect(refusal?.message).toMatch(/plane\. \+ firmseal_worker_login begins with row_security \([^;]*\. Run/);
			});
		} finally {
			await installation.admin.unsafe(`alter role ${LOGINS.worker} reset all`);
		}
	});

	it.each([
		['all', "search_path = 'evil'"],
		['firmseal_owner', "search_path = 'evil'"],
		// No login may set these for itself.
		[LOGINS.operator, 'session_replication_role = replica'],
		[LOGINS.operator, 'session_preload_libraries = plpgsql'],
	])('alter role %s … set %s by an administrator makes every plane refuse', async (of, setting) => {
		const { admin, name } = installation;
		await admin.unsafe(`alter role ${of} in database ${name} set ${setting}`);
		try {
			for (const role of ROLES)
				expect((await askInProduction(role)).refusal?.message).toMatch(
					/^Check failed: the roles .* begins with [a-z_]+[ .]/,
				);
		} finally {
			await admin.unsafe(`alter role ${of} in database ${name} reset all`);
		}
	});
});

describe('when the objects behind leases have drifted', () => {
	beforeAll(async () => {
		await installation.admin.unsafe(`
			drop policy lease_note on notes;
			alter table leases disable trigger guard;
			alter function hold_lease reset search_path`);
	});

	it.each(PROCESSES)('%s starts in development, warns of each area, and names no database object', async (command) => {
		expect(await warningsOfStart(command)).toEqual(
			['policies', 'triggers', 'functions'].map((area) => warningOf(area, 3)),
		);
	});

	it.each(ROLES)('production refuses to start %s, and says what is wrong in each area', async (role) => {
		const { refusal, lines } = await askInProduction(role);
		expect(refusal?.name).toBe('SetupError');
		expect(refusal?.message.split('\n')).toEqual([
			expect.stringMatching(
				/^Check failed: the policies .*\. - policy lease_note on notes permissive .*\. Run `firmseal init`/,
			),
			expect.stringMatching(
				/^Check failed: the database's triggers .*\. - CREATE TRIGGER guard .*; \+ CREATE TRIGGER guard .*\. Run/,
			),
			expect.stringMatching(/^Check failed: the database's functions .*\. - hold_lease\(.*; \+ hold_lease\(.*\. Run/),
		]);
		expect(lines).toEqual([]);
	});
});

describe('when the objects behind firms have drifted too', () => {
	it('development warns of each area once, and names no database object', async () => {
		await installation.admin.unsafe('alter policy firm on notes using (true); grant delete on notes to firmseal_firm');
		const api = await installation.serve();
		await api.stop();
		const warnings = api.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === WARNING);
		expect(warnings).toEqual(['privilege', 'policies', 'triggers', 'functions'].map((area) => warningOf(area, 4)));
	});
});
