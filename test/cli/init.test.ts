import { readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import postgres, { type Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import {
	type Env,
	endAll,
	firmseal,
	firmsealJson,
	MAIN,
	newDirectory,
	spawned,
	startApi,
	words,
} from '../system/program.ts';

const PLANES = {
	DATABASE_URL: 'firm',
	FIRMSEAL_OPERATOR_DATABASE_URL: 'operator',
	FIRMSEAL_WORKER_DATABASE_URL: 'worker',
	FIRMSEAL_BROKER_DATABASE_URL: 'broker',
};

const loginOf = (plane: string) => `init_${plane}_login`;

describe.each(servers)('firmseal init on $name', (server) => {
	let root: Sql;
	const names: string[] = [];

	beforeAll(() => {
		root = postgres(server.url, { max: 1, onnotice: () => {} });
	});
	afterAll(async () => {
		await endAll();
		for (const name of names) await root`drop database if exists ${root(name)} with (force)`;
		for (const plane of Object.values(PLANES)) await root`drop role if exists ${root(loginOf(plane))}`;
		await root.end();
	});

	/** Creates an empty database and returns its superuser's URL. */
	async function newDatabase(): Promise<string> {
		const name = `init_${uuidv7().replaceAll('-', '')}`;
		await root`create database ${root(name)}`;
		names.push(name);
		return Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
	}

	const withLogins = (admin: string): Env => ({
		FIRMSEAL_DATA_DIR: newDirectory(),
		FIRMSEAL_PORT: '0',
		FIRMSEAL_ADMIN_DATABASE_URL: admin,
		...Object.fromEntries(
			Object.entries(PLANES).map(([setting, plane]) => [
				setting,
				Object.assign(new URL(admin), { username: loginOf(plane), password: 'only-for-tests' }).href,
			]),
		),
	});

	async function query<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
		const sql = postgres(url, { max: 1, onnotice: () => {} });
		try {
			return await work(sql);
		} finally {
			await sql.end();
		}
	}

	it('creates neither tables nor files with --dry-run', async () => {
		const env = withLogins(await newDatabase());
		const approvers = ['one@platform.example', 'two@platform.example'];
		const named = approvers.flatMap((email) => ['--approver', email]);
		const outcome = await firmsealJson(env, 'init', ...named, '--dry-run');
		expect(outcome).toMatchObject({ code: 0, ok: true, result: { dryRun: true, approvers } });
		expect(
			await query(
				env.FIRMSEAL_ADMIN_DATABASE_URL ?? '',
				(sql) => sql`select from pg_tables where schemaname = 'public'`,
			),
		).toHaveLength(0);
		expect(readdirSync(env.FIRMSEAL_DATA_DIR ?? '')).toEqual([]);
	});

	it('prepares a database in which the demo can be loaded, and the demo then adds no operators', async () => {
		const env = withLogins(await newDatabase());
		const { stdout } = await firmseal(
			env,
			...words`init --approver one@platform.example --approver two@platform.example`,
		);
		const added = ['one', 'two'].map((who) => `Added the approver ${who}@platform.example.`);
		expect(stdout).toBe(`${['The installation is ready.', ...added].join('\n')}\n`);
		expect(await firmsealJson(env, 'demo')).toMatchObject({ code: 0, ok: true, result: { written: { Note: 50 } } });
		const token = await firmsealJson(env, 'token', '--user', 'operator@platform.example');
		expect(token).toMatchObject({ code: 1, ok: false, error: { code: 'NOT_FOUND' } });
	});

	it('creates logins, schema, keyring and two approvers, and changes nothing when run again', async () => {
		const env = withLogins(await newDatabase());
		const first = await firmsealJson(
			env,
			...words`init --approver one@platform.example --approver two@platform.example`,
		);
		expect(first).toMatchObject({
			code: 0,
			ok: true,
			command: 'init',
			result: { isNew: true, approvers: [expect.any(String), expect.any(String)] },
		});
		const repeated = await firmsealJson(
			env,
			...words`init --approver one@platform.example --approver two@platform.example`,
		);
		expect(repeated).toMatchObject({ code: 0, ok: true, result: { isNew: false, approvers: [] } });
		const again = await spawned(env, 'init');
		expect(again).toMatchObject({
			code: 0,
			stdout: 'The installation exists, and has the schema of this version: run `firmseal doctor` to check the rest.\n',
			stderr: '',
		});
		const others = words`init --approver three@platform.example --approver four@platform.example`;
		expect(await firmsealJson(env, ...others)).toMatchObject({ code: 1, ok: false, error: { code: 'FORBIDDEN' } });
		for (const named of [words`one@platform.example`, words`one@platform.example --approver ONE@platform.example`])
			expect(await firmsealJson(env, 'init', '--approver', ...named)).toMatchObject({
				code: 1,
				error: { code: 'BAD_USER_INPUT' },
			});

		const [entries, approvers] = await query(env.FIRMSEAL_ADMIN_DATABASE_URL ?? '', async (sql) => [
			await sql`select leaf::json as leaf from audit_entries order by appended_at, sequence`,
			await sql`select from operators`,
		]);
		expect(approvers).toHaveLength(2);
		const acts = entries?.filter(({ leaf }) => !leaf.action.startsWith('key.'));
		expect(acts?.map(({ leaf }) => [leaf.action, leaf.actor.account])).toEqual([
			['installation.init', userInfo().username],
			['operator.add', userInfo().username],
			['operator.add', userInfo().username],
		]);
		const doctor = await firmseal(env, 'doctor');
		expect({ code: doctor.code, wrong: doctor.stdout.match(/^WRONG.*$/gm) }).toEqual({ code: 0, wrong: null });
		// A login has no rights of its own. It has rights only in its plane's role.
		const refused = query(env.DATABASE_URL ?? '', (sql) => sql`select from notes`);
		await expect(refused).rejects.toThrow(/permission denied/);
	});

	it('still encrypts notes and isolates firms with one superuser URL for everything', async () => {
		const url = await newDatabase();
		const env = { FIRMSEAL_DATA_DIR: newDirectory(), FIRMSEAL_PORT: '0', DATABASE_URL: url };
		// This run ends before it creates keys.
		expect(await firmsealJson({ ...env, FIRMSEAL_DATA_DIR: '/dev/null' }, 'init')).toMatchObject({ code: 1 });
		expect((await firmsealJson(env, 'doctor')).error.message).toBe(
			'This installation has no keyring and no firm yet: run `firmseal init`.',
		);
		expect(await firmsealJson(env, 'init')).toMatchObject({ code: 0, ok: true });
		for (const slug of ['north', 'harbour']) {
			const made = await firmsealJson(
				env,
				...words`firm create --slug ${slug} --name ${slug} --owner owner@${slug}.example`,
			);
			expect(made).toMatchObject({ code: 0, ok: true });
		}
		const tokenOf = async (slug: string) =>
			(await firmseal(env, 'token', '--user', `owner@${slug}.example`)).stdout.trim();
		const [north, harbour] = [await tokenOf('north'), await tokenOf('harbour')];
		const api = await startApi(env, [MAIN, 'serve']);
		const { data } = await api.ask(
			north,
			'mutation { createNote(input: { title: "only ours" }) { note { id title } } }',
		);
		const { id, title } = data.createNote.note;
		expect(title).toBe('only ours');
		const foreign = await api.ask(harbour, `{ note(id: "${id}") { id } notes { totalCount } }`);
		expect(foreign.data).toEqual({ note: null, notes: { totalCount: 0 } });
		const [row] = await query(url, (sql) => sql`select encode(title, 'hex') as hex from notes where id = ${id}`);
		expect(row?.hex).toMatch(/^f501/);
		expect(Buffer.from(row?.hex, 'hex').includes('only ours')).toBe(false);
	});

	it('says what to grant a login that may not create roles, and does not advise to run init', async () => {
		const [admin, login] = [new URL(await newDatabase()), `plain_${uuidv7().replaceAll('-', '')}`];
		await root.unsafe(`create role ${login} login password 'only-for-tests'`);
		try {
			const url = Object.assign(new URL(admin), { username: login, password: 'only-for-tests' }).href;
			// The message names the administrator's URL only, even if another setting has the same URL.
			const { code, error } = await firmsealJson({ ...withLogins(url), FIRMSEAL_WORKER_DATABASE_URL: url }, 'init');
			expect({ code, error }).toEqual({
				code: 1,
				error: {
					code: 'SETUP',
					message: `User ${login} lacks a right in database ${admin.pathname.slice(1)} at ${admin.host} (42501): give FIRMSEAL_ADMIN_DATABASE_URL a superuser, or a user who may create roles.`,
				},
			});
			// The other logins do not exist yet, so the message does not name them either.
			expect(
				(await firmsealJson({ FIRMSEAL_DATA_DIR: newDirectory(), DATABASE_URL: url }, 'init')).error.message,
			).toMatch(/ \(42501\): set FIRMSEAL_ADMIN_DATABASE_URL to a superuser, or a user who may create roles\.$/);
		} finally {
			await root.unsafe(`drop role ${login}`);
		}
	});

	it("needs the administrator's URL in production", async () => {
		const { FIRMSEAL_ADMIN_DATABASE_URL: _, ...env } = withLogins(await newDatabase());
		const { code, stdout, stderr } = await spawned(
			{ ...env, FIRMSEAL_ENV: 'production', NODE_COMPILE_CACHE: '' },
			'init',
		);
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toMatch(/^firmseal: FIRMSEAL_ADMIN_DATABASE_URL is not set: preparing the database[^\n]*\n$/);
	});
});
