import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { firmseal, firmsealJson, runInteractively, spawned } from '../system/program.ts';

const NONE = '01a20e60-0000-7000-8000-000000000001';
/** NODE_COMPILE_CACHE belongs to the test run, and production refuses it. */
const PRODUCTION = { FIRMSEAL_ENV: 'production', NODE_COMPILE_CACHE: '' };

describe('firmseal doctor', () => {
	let installation: TestInstallation;
	let north: TestFirm;

	beforeAll(async () => {
		({ installation, north } = await makePopulated(embedded));
		const api = await installation.serve();
		await api.ask(north.member, 'mutation { createNote(input: { title: "first" }) { note { id } } }');
		await api.stop();
	});
	afterAll(() => installation?.close());

	it('doctor finds nothing wrong in an intact installation', async () => {
		const { code, stdout, stderr } = await spawned(installation.env, 'doctor');
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		for (const line of stdout.trimEnd().split('\n')) expect(line).toMatch(/^ok {4}\S/);
		expect(stdout).toContain('the wrapping key of north works');
		const { ok, result } = await firmsealJson(installation.env, 'doctor');
		expect(ok).toBe(true);
		expect(result.findings.length).toBe(stdout.trimEnd().split('\n').length);
	});

	it('doctor reports the settings that production refuses, before any process starts', async () => {
		const { code, stdout } = await firmseal({ ...installation.env, ...PRODUCTION }, 'doctor');
		expect(code).toBe(1);
		const [, fix = ''] = /^WRONG the settings are known and complete, .+\n((?: {6}.+\n)+)/m.exec(stdout) ?? [];
		for (const refused of ['every keyring except', 'files on this machine', 'the built-in issuer'])
			expect(fix).toContain(`Production refuses ${refused}`);
	});

	it.each([
		['firm', 'list'],
		['keys', 'list'],
		['keys', 'rotate', '--firm', 'north', '--wrapping'],
		['job', 'list'],
		['init'],
		['token', '--user', 'owner@north.example'],
		['demo'],
		['doctor'],
	])(
		'no command opens anything in production if a signal can make Node write its memory to disk: %s %s',
		async (...args) => {
			const env = { ...installation.env, ...PRODUCTION, NODE_OPTIONS: '--heapsnapshot-signal=SIGUSR2' };
			const { code, stdout, stderr } = await firmseal({ ...env, NODE_DEBUG: 'x' }, ...args);
			expect(code).toBe(1);
			const said = stdout + stderr;
			for (const refused of [
				'the Node option --heapsnapshot-signal, which writes the memory',
				'NODE_DEBUG in its environment',
			])
				expect(said).toContain(`Production refuses ${refused}`);
			// A command is short-lived, so production does not check its other Node options.
			expect(said).not.toContain('SIGUSR1');
			if (args[0] === 'doctor') expect(said).toMatch(/^WRONG this command’s Node has no option/m);
			expect(said).not.toMatch(/signs in|north/);
			if (args[0] === 'firm') expect((await firmseal({ ...env, NODE_OPTIONS: '' }, ...args)).code).toBe(0);
		},
	);

	it.each([
		['firm', 'export'],
		['document', 'get', NONE],
		['lease', 'use', '--lease', NONE, '--id', NONE],
		['audit', 'checkpoint'],
		['keys', 'drill', '--job', NONE, '--share', '/nowhere'],
	])('no command calls the API or asks for a share in production if NODE_DEBUG is set: %s %s', async (...args) => {
		const env = { ...PRODUCTION, NODE_DEBUG: 'x', FIRMSEAL_TOKEN: 'a.b.c' };
		const { code, stderr } = await runInteractively({ ...env, FIRMSEAL_URL: 'http://127.0.0.1:1' }, '', ...args);
		expect([code, stderr]).toEqual([1, expect.stringContaining('Production refuses NODE_DEBUG in its environment')]);
		expect(stderr).not.toMatch(/^(?!(firmseal: )?Production refuses).+/m);
	});

	it.each([
		{
			change: 'alter table notes no force row level security',
			undo: 'alter table notes force row level security',
			wrong: "the database's tables",
			expected: /^ {6}- .*notes/,
		},
		{
			change: 'grant select (title) on notes to firmseal_operator',
			undo: 'revoke select (title) on notes from firmseal_operator',
			wrong: 'the privileges in the database',
			expected: /^ {6}\+ select \(title\) on notes to firmseal_operator/,
		},
		{
			change: 'alter table audit_entries disable trigger append_only_truncate',
			undo: 'alter table audit_entries enable always trigger append_only_truncate',
			wrong: "the database's triggers",
			expected: /^ {6}- .*append_only_truncate/,
		},
		{
			change: "update alert_watch set looked_at = clock_timestamp() - interval '301 seconds'",
			undo: 'update alert_watch set looked_at = null',
			wrong: 'no entry of the log waits for more than 300 s to be checked for alerts',
			expected:
				/^ {6}Entries of the log have waited for more than 300 s to be checked, .+ run `firmseal worker` and read its log\.$/,
		},
		{
			change: 'alter role firmseal_operator_login connection limit -1',
			undo: 'alter role firmseal_operator_login connection limit 68',
			wrong: 'each login of the database has a connection limit',
			expected:
				/^ {6}The login firmseal_operator_login has no connection limit, so it can take every connection of the server: run `firmseal init`\.$/,
		},
		{
			change: 'alter role firmseal_broker_login connection limit 13',
			undo: 'alter role firmseal_broker_login connection limit 24',
			wrong: 'each login of the database has a connection limit',
			expected:
				/^ {6}The login firmseal_broker_login may open 13 connections, and its process opens up to 14: run `firmseal init`\.$/,
		},
		{
			change: 'alter role firmseal_operator_login connection limit 269',
			undo: 'alter role firmseal_operator_login connection limit 68',
			wrong: 'the connection limits of the logins add up',
			expected:
				/^ {6}The limits \(.*firmseal_operator_login 269, .*\) exceed the 297 of 300 connections .*: raise max_connections, or lower the limits/,
		},
	])('doctor reports this change: $change', async ({ change, undo, wrong, expected }) => {
		await installation.admin.unsafe(change);
		try {
			const [human, program] = await Promise.all([
				firmseal(installation.env, 'doctor'),
				firmsealJson(installation.env, 'doctor'),
			]);
			expect(human.code).toBe(1);
			const found = human.stdout
				.split('\n')
				.filter((line, index, lines) => line.startsWith('WRONG') || lines[index - 1]?.startsWith('WRONG'));
			expect(found).toHaveLength(2);
			expect(found[0]).toContain(`WRONG ${wrong}`);
			expect(found[1]).toMatch(expected);
			expect(program).toMatchObject({ code: 1, ok: false, error: { code: 'SETUP', message: expect.any(String) } });
		} finally {
			await installation.admin.unsafe(undo);
		}
	});

	it.each([
		{ role: 'firmseal_operator', variable: 'FIRMSEAL_OPERATOR_DATABASE_URL', missing: ['break-glass'] },
		{ role: 'firmseal_firm', variable: 'DATABASE_URL', missing: ['portal'] },
		{ role: 'firmseal_worker', variable: 'FIRMSEAL_WORKER_DATABASE_URL', missing: ['log', 'signer'] },
	])('doctor reports a login that has only the role $role', async ({ role, variable, missing }) => {
		const login = `only_${role}`;
		await installation.admin.unsafe(
			`create role ${login} login noinherit password 'only-for-tests'; grant ${role} to ${login}`,
		);
		try {
			const url = Object.assign(new URL(installation.env[variable] as string), { username: login }).href;
			const { code, stdout } = await firmseal({ ...installation.env, [variable]: url }, 'doctor');
			expect(code).toBe(1);
			expect(stdout.match(/^WRONG .*/gm)).toEqual([
				...missing.map((part) => `WRONG the ${part} plane signs in`),
				'WRONG each login has a limit for its temporary files on the server’s disk',
				expect.stringContaining('WRONG each login of the database has a connection limit'),
				...(missing.includes('log') ? ['WRONG the log agrees with its anchors'] : []),
			]);
		} finally {
			await installation.admin.unsafe(`drop role ${login}`);
		}
	});

	it.each([
		{
			setting: 'DATABASE_URL',
			change: { pathname: '/third' },
			expected: /^The URL leads to another database, .+ name the worker's database in DATABASE_URL, /,
		},
		{
			setting: 'FIRMSEAL_OPERATOR_DATABASE_URL',
			change: { pathname: '/third' },
			expected: /^Database third .+ is not prepared .+ fix FIRMSEAL_OPERATOR_/,
		},
		{
			setting: 'FIRMSEAL_BROKER_DATABASE_URL',
			change: { pathname: '/third' },
			expected: /^The URL leads to another database, /,
		},
		{
			setting: 'FIRMSEAL_ADMIN_DATABASE_URL',
			change: { pathname: '/third' },
			expected: /^The URL leads to another database, /,
		},
		{
			setting: 'FIRMSEAL_WORKER_DATABASE_URL',
			change: { pathname: '/third' },
			expected: /^The database is not prepared /,
		},
		{
			setting: 'FIRMSEAL_DIRECT_DATABASE_URL',
			change: { pathname: '/third' },
			expected: /^The URL leads to another database, /,
		},
		{
			setting: 'FIRMSEAL_DIRECT_DATABASE_URL',
			change: { password: 'guessed' },
			expected: / refuses the password .+ FIRMSEAL_DIRECT_/,
		},
		{
			setting: 'FIRMSEAL_DIRECT_DATABASE_URL',
			change: { port: '1' },
			expected: /^No PostgreSQL listens .+ FIRMSEAL_DIRECT_/,
		},
	])('doctor reports a wrong $setting: $change', async ({ setting, change, expected }) => {
		await installation.admin.unsafe('create database third');
		try {
			const { [setting]: own = installation.env.FIRMSEAL_WORKER_DATABASE_URL as string } = installation.env;
			const url = Object.assign(new URL(own), change as Partial<URL>).href;
			const { code, result } = await firmsealJson({ ...installation.env, [setting]: url }, 'doctor');
			const wrong = result.findings.filter(({ ok }: { ok: boolean }) => !ok);
			expect({ code, wrong }).toEqual({
				code: 1,
				wrong: [expect.objectContaining({ fix: expect.stringMatching(expected) })],
			});
		} finally {
			await installation.admin.unsafe('drop database third with (force)');
		}
	});

	it.each([
		{
			code: '28P01',
			change: { password: 'guessed' },
			expected:
				/^HOST refuses the password of user USER \(28P01\): fix it in FIRMSEAL_WORKER_DATABASE_URL, or run `firmseal init`, which makes the login\.$/,
		},
		{
			code: '28000',
			change: { username: 'shut', password: 'only-for-tests' },
			expected:
				/^HOST does not let user shut sign in to database \S+ \(28000\): fix FIRMSEAL_WORKER_DATABASE_URL, or run `firmseal init`, which makes the login, or give the user LOGIN \(ALTER ROLE\), or fix pg_hba\.conf of that server\.$/,
		},
		{
			code: '53300',
			change: { username: 'full', password: 'only-for-tests' },
			expected:
				'The PostgreSQL at HOST has no free connection for user full (53300): close idle connections, or raise max_connections, or the CONNECTION LIMIT of that login (docs/how-to/deploy.md).',
		},
		{
			code: '28000',
			change: { username: '', password: '' },
			expected:
				/^The URL in FIRMSEAL_WORKER_DATABASE_URL names no user \(28000\): put it there, as in postgres:\/\/USER@HOST\/DATABASE\.$/,
		},
		{
			code: '3D000',
			change: { pathname: '/nowhere' },
			expected: 'Database nowhere does not exist at HOST (3D000): create it with createdb, or fix',
		},
		{
			code: '42501',
			change: { username: 'stranger', password: 'only-for-tests' },
			expected:
				/^User stranger lacks a right in database \S+ at HOST \(42501\): run `firmseal init`, or give FIRMSEAL_WORKER/,
		},
		{
			code: 'ENOTFOUND',
			change: { hostname: 'seal.invalid' },
			expected:
				/^seal\.invalid:\d+ cannot be resolved[^:]*: fix (?:the network, or )?the host in FIRMSEAL_WORKER_DATABASE_URL\.$/,
		},
		{
			code: 'ECONNREFUSED',
			change: { port: '1' },
			expected: 'No PostgreSQL listens at 127.0.0.1:1 (ECONNREFUSED): start it, or fix host and port in',
		},
	])('doctor and every other command explain $code without showing the password', async ({ change, expected }) => {
		const setting = 'FIRMSEAL_WORKER_DATABASE_URL';
		const right = new URL(installation.env[setting] as string);
		const url = Object.assign(new URL(right), change as Partial<URL>);
		await installation.admin.unsafe(`
			create role stranger login noinherit password 'only-for-tests';
			create role shut nologin password 'only-for-tests';
			create role "full" login connection limit 0 password 'only-for-tests'`);
		try {
			const env = { ...installation.env, [setting]: url.href };
			const [doctor, list] = await Promise.all([firmsealJson(env, 'doctor'), firmsealJson(env, 'firm', 'list')]);
			for (const { code, stderr, error } of [doctor, list]) {
				expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
				const said = error.message.replaceAll(right.host, 'HOST').replaceAll(right.username, 'USER');
				if (typeof expected === 'string')
					expect(said).toBe(expected.endsWith('.') ? expected : `${expected} ${setting}.`);
				else expect(said).toMatch(expected);
				expect(JSON.stringify({ doctor, list })).not.toMatch(/guessed|only-for-tests/);
			}
		} finally {
			await installation.admin`drop role stranger, shut, "full"`;
		}
	});

	it('names the missing setting if a login lacks another login’s rights, or must be created', async () => {
		const only = { ...installation.env, FIRMSEAL_OPERATOR_DATABASE_URL: '', FIRMSEAL_WORKER_DATABASE_URL: '' };
		for (const args of [['doctor'], ['firm', 'list']])
			expect((await firmsealJson(only, ...args)).error.message).toMatch(
				/ \(42501\): run `firmseal init`, or set FIRMSEAL_OPERATOR_DATABASE_URL and FIRMSEAL_WORKER_DATABASE_URL to the logins made for them\.$/,
			);
		const unmade = Object.assign(new URL(installation.env.DATABASE_URL as string), { username: 'unmade' }).href;
		const before = { ...installation.env, DATABASE_URL: unmade, FIRMSEAL_ADMIN_DATABASE_URL: '' };
		expect((await firmsealJson(before, 'init')).error.message).toMatch(
			/ the password of user unmade \(28P01\): fix it in DATABASE_URL, or set FIRMSEAL_ADMIN_DATABASE_URL, which this command needs to make that login\.$/,
		);
	});

	it('says that the data directory is a file, or lies below one', async () => {
		const file = join(installation.directory, 'root.key');
		for (const args of [['doctor'], ['init']])
			expect((await firmsealJson({ ...installation.env, FIRMSEAL_DATA_DIR: file }, ...args)).error.message).toBe(
				`${file}/root.key is not a directory, or lies below a file (ENOTDIR): set the data directory to a directory.`,
			);
	});

	it('doctor reports a firm whose key is missing', async () => {
		const folder = join(installation.directory, 'keyring/firms', north.id);
		const elsewhere = join(installation.directory, 'moved');
		renameSync(folder, elsewhere);
		try {
			const { code, stdout, stderr } = await firmseal(installation.env, 'doctor');
			expect(code).toBe(1);
			expect(stdout).toMatch(/^WRONG the wrapping key of north works\n {6}The key is MISSING: /m);
			expect(stdout).toMatch(/^[12] of \d+ checks found something wrong\.\n/);
			expect(stderr).toBe('');
		} finally {
			renameSync(elsewhere, folder);
		}
	});

	it('doctor reports that the built-in issuer’s key is damaged', async () => {
		const path = join(installation.directory, 'issuer/issuer-key.json');
		const whole = readFileSync(path);
		writeFileSync(path, whole.subarray(1));
		try {
			const { code, stdout } = await firmseal(installation.env, 'doctor');
			expect(code).toBe(1);
			expect(stdout).toContain(`${path} is damaged: move it away, and a new key is made`);
		} finally {
			writeFileSync(path, whole);
		}
	});
});
