import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { openDemo } from '../../src/api/index.ts';
import { readConfig } from '../../src/config/config.ts';
import { productionRefusals, type StartFacts } from '../../src/config/production-refusals.ts';
import { settingNames } from '../../src/config/settings.ts';
import { readExpectedCatalogue } from '../../src/database/index.ts';
import { openAuthenticator, openDatabase, openPlaneOf } from '../../src/wiring/index.ts';
import { read } from '../house/tree.ts';
import { IN_THE_CLOUD, SAFE_ENV, SAFE_FACTS } from './safe-start.ts';

const BUILT_IN_ISSUER = {
	FIRMSEAL_JWT_ISSUER: '',
	FIRMSEAL_JWT_AUDIENCE: '',
	FIRMSEAL_JWKS_URL: '',
	FIRMSEAL_JWT_CLIENTS: '',
};
const FILES_HERE = { FIRMSEAL_OBJECTS: '', FIRMSEAL_S3_BUCKET: '', FIRMSEAL_ANCHOR_BUCKET: '' };

const refusalsOf = (env: NodeJS.ProcessEnv, facts: Partial<StartFacts> = {}) =>
	productionRefusals(readConfig({ ...SAFE_ENV, ...env }), { ...SAFE_FACTS, ...facts }, 'api');

describe('productionRefusals', () => {
	it('refuses nothing in development', () => {
		const worst = { roles: [{ isOwner: true, isSuperuser: true }], introspection: true, inspect: true };
		expect(productionRefusals(readConfig({}), { ...worst, options: ['--report-on-signal'] }, 'api')).toEqual([]);
	});

	it('refuses nothing in a valid configuration, with one role per process or the process’s own', () => {
		expect(refusalsOf({})).toEqual([]);
		expect(refusalsOf({ FIRMSEAL_KMS_ROLE_FIRM: 'arn:aws:iam::111122223333:role/firmseal-firm' })).toEqual([]);
		const url = SAFE_ENV.DATABASE_URL;
		const operator = { FIRMSEAL_PLANE: 'operator', DATABASE_URL: '', FIRMSEAL_OPERATOR_DATABASE_URL: url };
		expect(refusalsOf(operator)).toEqual([]);
	});

	it('gives no one a token of the demo users, except in development on this machine with the demo’s own issuer', () => {
		const people = [
			{ email: 'owner@firm.example', side: 'firm' },
			{ email: 'operator@platform.example', side: 'operator' },
		] as const;
		const opened = (env: NodeJS.ProcessEnv) =>
			openDemo(readConfig(env), ['firm'], { people, example: '', tokenOf: async () => 'token' });
		const secrets = [opened({}), opened({}), opened({ FIRMSEAL_HOST: '::1' })].map((demo) => {
			expect(demo?.people).toEqual([people[0]]);
			return demo?.secret;
		});
		expect(new Set(secrets).size).toBe(3);
		for (const secret of secrets) expect(secret).toMatch(/^[0-9a-f]{32}$/);
		const { FIRMSEAL_JWT_ISSUER, FIRMSEAL_JWT_AUDIENCE, FIRMSEAL_JWKS_URL } = SAFE_ENV;
		for (const env of [
			{ FIRMSEAL_ENV: 'production' },
			{ ...SAFE_ENV, ...BUILT_IN_ISSUER, FIRMSEAL_HOST: '127.0.0.1' },
			{ FIRMSEAL_JWT_ISSUER, FIRMSEAL_JWT_AUDIENCE, FIRMSEAL_JWKS_URL },
			{ FIRMSEAL_HOST: '0.0.0.0' },
			{ FIRMSEAL_HOST: '::' },
			{ FIRMSEAL_HOST: '192.0.2.1' },
			{ FIRMSEAL_HOST: 'workstation.example' },
			{ FIRMSEAL_HOST: 'localhost' },
		])
			expect(opened(env)).toBe(null);
	});

	it('does not use the URL of one plane for another', async () => {
		const database = await openDatabase(readConfig(SAFE_ENV));
		expect(() => openPlaneOf(database, 'firmseal_operator')).toThrow(
			'There is no database URL for the operator plane: set it.',
		);
	});

	it.each<[what: string, env: NodeJS.ProcessEnv, facts: Partial<StartFacts>]>([
		['every keyring except that of a known key service', { FIRMSEAL_KEYRING: 'local' }, {}],
		['files on this machine, which other processes', FILES_HERE, {}],
		['a log that is anchored on this machine', { FIRMSEAL_ANCHOR_BUCKET: '' }, {}],
		['a log with the name localhost', { FIRMSEAL_INSTALLATION: 'localhost' }, {}],
		['the built-in issuer: set', BUILT_IN_ISSUER, {}],
		['to accept the tokens of every application: set FIRMSEAL_JWT_CLIENTS', { FIRMSEAL_JWT_CLIENTS: '' }, {}],
		['the embedded database, which serves only', { DATABASE_URL: '' }, {}],
		['both planes in one process', { FIRMSEAL_PLANE: 'all' }, {}],
		['to let operators read before their intent', { FIRMSEAL_OPERATOR_PROOF: 'off' }, {}],
		['introspection: turn it off', {}, { introspection: true }],
		['database as owner or superuser', {}, { roles: [...SAFE_FACTS.roles, { isOwner: true, isSuperuser: false }] }],
		['owner or superuser', {}, { roles: [{ isOwner: false, isSuperuser: true }] }],
		['an open debugger: start Node', {}, { inspect: true }],
		['a Node that opens its debugger on SIGUSR1', {}, { options: [] }],
		['an unencrypted connection', { DATABASE_URL: 'postgres://u:hunter2@10.0.0.1/x' }, {}],
		['unencrypted', { DATABASE_URL: 'postgres://u:hunter2@db.example/x?sslmode=prefer' }, {}],
		['unencrypted', { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1.example/x' }, {}],
	])('refuses %s in one sentence with instructions', (what, env, facts) => {
		const refusals = refusalsOf(env, facts);
		expect(refusals).toHaveLength(1);
		expect(refusals[0]).toContain(what);
		expect(refusals[0]).toMatch(/^Production refuses .+: .+\.$/);
		expect(refusals[0]).not.toContain('hunter2');
	});

	it('does not accept a token in a command either', async () => {
		for (const [env, what] of [
			[BUILT_IN_ISSUER, 'the built-in issuer: set FIRMSEAL_JWT_ISSUER'],
			[{ FIRMSEAL_JWT_CLIENTS: '' }, 'to accept the tokens of every application: set FIRMSEAL_JWT_CLIENTS'],
		] as const)
			await expect(openAuthenticator(readConfig({ ...SAFE_ENV, ...env }))).rejects.toThrow(
				`Production refuses ${what}`,
			);
		await expect(openAuthenticator(readConfig(SAFE_ENV))).resolves.toBeTypeOf('function');
	});

	it.each([
		['postgres://u:p@localhost/x', 'localhost'],
		['postgres://u:p@127.0.0.9:5433/x', '127.0.0.9'],
		['postgres://u:p@[::1]/x', '::1'],
		['postgres://u:p@%2Frun%2Fpostgresql/x', '/run/postgresql'],
		['postgres://u:p@localhost/x?sslmode=disable', 'localhost'],
		['postgres://u:p@db.example/x?sslmode=require', 'db.example'],
		['postgres://u:%25%20@db.example/x?options=-c%20jit%3Doff&sslmode=verif%79-full', 'db.example'],
		['postgres://b%40b:p%23%2F%3F%40w@db.example/x%23y?application_name=a%40b&sslmode=require', 'db.example'],
	])('accepts %s, which the driver reads alike', (url, host) => {
		expect(refusalsOf({ DATABASE_URL: url })).toEqual([]);
		const driver = new pg.Client({ connectionString: url });
		expect([driver.host, driver.ssl]).toEqual([host, host === 'db.example' ? {} : false]);
	});

	it.each([
		'localhost/x?host=db.example',
		'%2Fvar%2Frun/x?host=db.example',
		'db.example/x?sslmode=require&sslmode=disable',
		'db.example/x?sslmode=verify-full&sslmode=no-verify',
		'db.example/x?sslmode=require&uselibpqcompat=true',
		'db.example/x?sslmode=require&uselibpqcompat=true&sslmode=prefer',
		'db.example/x?ssl\nmode=verify-full& ',
	])('refuses a URL with which the driver would use another host without a checked certificate: %s', (rest) => {
		const url = `postgres://u:hunter2@${rest}`;
		const driver = new pg.Client({ connectionString: url });
		expect(driver.host).toBe('db.example');
		expect([false, { rejectUnauthorized: false }]).toContainEqual(driver.ssl);
		expect(() => refusalsOf({ DATABASE_URL: url })).toThrow(/^DATABASE_URL must be a URL /);
	});
});

describe('productionRefusals of the broker', () => {
	const OWN = {
		FIRMSEAL_ENV: 'production',
		FIRMSEAL_BROKER_DATABASE_URL: 'postgres://u:hunter2@localhost/x',
		FIRMSEAL_KEYRING: 'aws-kms',
		AWS_REGION: 'eu-central-1',
	};
	const ofBroker = (env: NodeJS.ProcessEnv, facts: Partial<StartFacts> = {}) =>
		productionRefusals(readConfig({ ...OWN, ...env }), { ...SAFE_FACTS, ...facts }, 'broker');

	it('ignores issuer, plane, files and introspection, which the broker does not have', () => {
		expect(ofBroker({})).toEqual([]);
		const direct = { FIRMSEAL_DIRECT_DATABASE_URL: 'postgres://u:hunter2@localhost:5433/x' };
		expect(ofBroker(direct)).toEqual([]);
	});

	it.each([
		['every keyring except that of a known key service', { FIRMSEAL_KEYRING: '' }, {}],
		['an open debugger', {}, { inspect: true }],
		['SIGUSR1', {}, { options: [] }],
		['owner or superuser', {}, { roles: [{ isOwner: false, isSuperuser: true }] }],
		['unencrypted', { FIRMSEAL_BROKER_DATABASE_URL: 'postgres://u:hunter2@db.example/x' }, {}],
		['unencrypted', { FIRMSEAL_DIRECT_DATABASE_URL: 'postgres://u:hunter2@db.example/x' }, {}],
	])('refuses %s, as for every process', (what, env, facts) => {
		expect(ofBroker(env, facts)).toEqual([expect.stringContaining(what)]);
	});
});

describe('productionRefusals of the worker', () => {
	const OWN = { ...IN_THE_CLOUD, FIRMSEAL_WORKER_DATABASE_URL: 'postgres://u:hunter2@localhost/x' };

	it('checks keys, files and the log, and ignores issuer and plane', () => {
		const ofWorker = (env: NodeJS.ProcessEnv) =>
			productionRefusals(readConfig({ ...OWN, ...env }), SAFE_FACTS, 'worker');
		expect(ofWorker({})).toEqual([]);
		expect(ofWorker({ FIRMSEAL_KEYRING: '', ...FILES_HERE })).toEqual([
			expect.stringContaining('every keyring except that of a known key service'),
			expect.stringContaining('files on this machine'),
		]);
		expect(ofWorker({ FIRMSEAL_ANCHOR_BUCKET: '', FIRMSEAL_INSTALLATION: '' })).toEqual([
			expect.stringContaining('anchored on this machine'),
			expect.stringContaining('a log with the name localhost'),
		]);
	});
});

describe('productionRefusals of database sign-ins', () => {
	const SIGN_INS = [
		'DATABASE_URL',
		'FIRMSEAL_OPERATOR_DATABASE_URL',
		'FIRMSEAL_WORKER_DATABASE_URL',
		'FIRMSEAL_BROKER_DATABASE_URL',
		'FIRMSEAL_DIRECT_DATABASE_URL',
		'FIRMSEAL_ADMIN_DATABASE_URL',
	];
	/** In the order of the columns of docs/how-to/deploy.md, section "What each process is told". */
	const PROCESSES = [
		{ process: 'the firm API', kind: 'api', env: { FIRMSEAL_PLANE: 'firm' }, own: [SIGN_INS[0]] },
		{ process: 'the operator API', kind: 'api', env: { FIRMSEAL_PLANE: 'operator' }, own: [SIGN_INS[1]] },
		{ process: 'the broker', kind: 'broker', env: {}, own: [SIGN_INS[3], SIGN_INS[4]] },
		{ process: 'the worker', kind: 'worker', env: {}, own: [SIGN_INS[2], SIGN_INS[4]] },
	] as const;
	const url = 'postgres://u:hunter2@localhost/x';
	const { DATABASE_URL: _, ...others } = SAFE_ENV;
	const signInUrls = (names: readonly (string | undefined)[]) => Object.fromEntries(names.map((name) => [name, url]));

	describe.each(PROCESSES)('$process', ({ kind, env, own }) => {
		const refusals = (names: readonly (string | undefined)[]) =>
			productionRefusals(readConfig({ ...others, ...env, ...signInUrls(names) }), SAFE_FACTS, kind);

		it('accepts its own', () => {
			expect(refusals(own)).toEqual([]);
		});

		it.each(SIGN_INS.filter((name) => !(own as readonly unknown[]).includes(name)))('refuses %s', (name) => {
			expect(refusals([...own, name])).toEqual([
				`Production refuses the database login of another process: remove ${name} from this process.`,
			]);
		});

		it('names each unnecessary one', () => {
			expect(
				refusals(SIGN_INS)
					.join()
					.match(/[A-Z_]*DATABASE_URL/g),
			).toEqual(SIGN_INS.filter((name) => !(own as readonly unknown[]).includes(name)));
		});
	});

	describe('docs/how-to/deploy.md', () => {
		const section = (heading: string) =>
			read('docs/how-to/deploy.md')
				.split(/^## /m)
				.find((part) => part.startsWith(`${heading}\n`)) ?? '';
		const named = (text: string, form: RegExp) => [...new Set(text.match(form))].sort();

		it('names every database sign-in, and denies it to the same processes as production does', () => {
			const rows = section('What each process is told')
				.split('\n')
				.flatMap((line) => {
					const [, first = '', ...cells] = line.split('|').map((cell) => cell.trim());
					const name = /^`(\w*DATABASE_URL)`/.exec(first)?.[1];
					return name ? [[name, cells.slice(0, PROCESSES.length).map((cell) => cell !== '**no**')]] : [];
				});
			expect(Object.fromEntries(rows)).toEqual(
				Object.fromEntries(
					SIGN_INS.map((name) => [name, PROCESSES.map(({ own }) => (own as readonly unknown[]).includes(name))]),
				),
			);
			expect([...SIGN_INS].sort()).toEqual(settingNames.filter((name) => name.endsWith('DATABASE_URL')).sort());
		});

		it('says for every role and sign-in which process has it, and names no others', () => {
			const text = section('Who signs in as what, and opens which keys');
			const roles = readExpectedCatalogue().flatMap((line) => /^roles: role (\w+)/.exec(line)?.[1] ?? []);
			expect(named(text, /\bfirmseal_\w+/g)).toEqual(roles.sort());
			expect(named(text, /\b\w*DATABASE_URL\b/g)).toEqual(
				SIGN_INS.filter((name) => name !== 'FIRMSEAL_DIRECT_DATABASE_URL').sort(),
			);
		});
	});
});
