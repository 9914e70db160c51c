import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { endAll, firmseal, launch, MAIN, newDirectory, startApi, until } from './program.ts';

interface Reply {
	readonly status: number;
	readonly headers: Readonly<Record<string, unknown>>;
	readonly text: string;
}

describe('firmseal serve', () => {
	let installation: TestInstallation;
	let firm: TestFirm;
	let tls: { FIRMSEAL_TLS_CERT: string; FIRMSEAL_TLS_KEY: string };

	beforeAll(async () => {
		({ installation, north: firm } = await makePopulated(embedded));
		const directory = newDirectory();
		tls = { FIRMSEAL_TLS_CERT: join(directory, 'cert.pem'), FIRMSEAL_TLS_KEY: join(directory, 'key.pem') };
		const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1', '-nodes'];
		execFileSync(
			'openssl',
			[
				'req',
				'-x509',
				'-newkey',
				'ec',
				'-pkeyopt',
				'ec_paramgen_curve:prime256v1',
				...subject,
				'-keyout',
				tls.FIRMSEAL_TLS_KEY,
				'-out',
				tls.FIRMSEAL_TLS_CERT,
			],
			{ stdio: 'ignore' },
		);
	});
	afterAll(async () => {
		await installation?.close();
		await endAll();
	});

	it('supports HTTP/2 with a certificate, and serves health, readiness by check, and metrics', async () => {
		const api = await startApi({ ...installation.env, ...tls }, [MAIN, 'serve']);
		expect(api.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
		const session = connect(api.url, { ca: readFileSync(tls.FIRMSEAL_TLS_CERT) });
		const request = (headers: Record<string, string>, body = '') =>
			new Promise<Reply>((resolve, reject) => {
				const stream = session.request(headers).setEncoding('utf8').on('error', reject);
				let text = '';
				let head: Reply['headers'] = {};
				stream.on('response', (received) => {
					head = received;
				});
				stream.on('data', (part: string) => {
					text += part;
				});
				stream.on('end', () => resolve({ status: Number(head[':status']), headers: head, text }));
				if (body !== '') stream.end(body);
			});
		const query = JSON.stringify({ query: 'mutation { createNote(input: { title: "over TLS" }) { note { title } } }' });
		const post = {
			':method': 'POST',
			':path': '/graphql',
			'content-type': 'application/json',
			authorization: `Bearer ${firm.member}`,
			'x-request-id': 'mine',
		};
		const [made, again] = await Promise.all([request(post, query), request(post, query)]);
		expect(JSON.parse(made.text)).toEqual({ data: { createNote: { note: { title: 'over TLS' } } } });
		expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
		expect(made.headers['x-request-id']).not.toBe(again.headers['x-request-id']);
		expect(made.headers['cache-control']).toBe('no-store');

		expect(await request({ ':path': '/health/live' })).toMatchObject({ status: 200, text: '{"ok":true}' });
		const ready = await request({ ':path': '/health/ready' });
		expect(JSON.parse(ready.text)).toEqual({
			ok: true,
			checks: {
				'database firm': true,
				'database operator': true,
				log: true,
				'keyring firm': true,
				'keyring operator': true,
				objects: true,
			},
		});
		const metrics = await request({ ':path': '/metrics' });
		expect(metrics.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
		expect(metrics.text).toMatch(/^# TYPE firmseal_http_request_seconds histogram$/m);
		expect(metrics.text).toMatch(/^firmseal_graphql_operations_total\{outcome="OK"\} 2$/m);
		for (const line of metrics.text.split('\n').filter(Boolean))
			expect(line).toMatch(/^(# (HELP|TYPE) |[a-z_][a-z0-9_]*(\{.*\})? [-+.\deNaInf]+$)/);

		session.close();
		api.kill('SIGTERM');
		expect(await api.ended).toMatchObject({ code: 0 });
	});

	it('finishes a running request after a signal to stop, and accepts no new one', async () => {
		const api = await startApi(installation.env, [MAIN, 'serve']);
		const lock = await installation.admin.reserve();
		await lock`begin`;
		await lock`lock table notes in access exclusive mode`;
		const running = api.ask(
			firm.member,
			'mutation { createNote(input: { title: "just in time" }) { note { title } } }',
		);
		await until(
			async () =>
				(
					await installation.admin`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
				).length > 0,
		);
		api.kill('SIGTERM');
		const isRefused = () =>
			fetch(`${api.url}/health/live`).then(
				() => false,
				() => true,
			);
		await until(isRefused);
		await lock`commit`;
		lock.release();
		expect((await running).data).toEqual({ createNote: { note: { title: 'just in time' } } });
		expect(await api.ended).toMatchObject({ code: 0, signal: null });
	});

	it('prints one object with --json, and keeps running', async () => {
		const program = launch(installation.env, process.execPath, [MAIN, 'serve', '--json']);
		const [line] = await program.saw(/^\{"ok".*\n$/);
		const { ok, command, result } = JSON.parse(line);
		expect({ ok, command }).toEqual({ ok: true, command: 'serve' });
		expect((await fetch(`${result.url}/health/live`)).status).toBe(200);
		program.kill('SIGINT');
		const { code, stdout } = await program.ended;
		expect({ code, lines: stdout.split('\n').length }).toEqual({ code: 0, lines: 2 });
	});

	it('is refused in production with every reason', async () => {
		const node = {
			NODE_OPTIONS: '"--heapsnapshot_signal=SIGUSR2" --report-on-signal --max-old-space-size=512',
			NODE_TLS_REJECT_UNAUTHORIZED: '0',
			OPENSSL_CONF: '/dev/null',
			NODE_PATH: '/nowhere',
		};
		const env = { ...installation.env, ...node, FIRMSEAL_ENV: 'production' };
		const { code, stdout, stderr } = await firmseal(env, 'serve');
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		for (const reason of ['every keyring except', 'built-in issuer', 'both planes in one process', 'SIGUSR1'])
			expect(stderr).toContain(reason);
		for (const reason of ['--heapsnapshot-signal', '--report-on-signal', ...Object.keys(node).slice(1)])
			expect(stderr).toMatch(RegExp(`^(firmseal: )?Production refuses (the Node option )?${reason}[ ,]`, 'm'));
		expect(stderr).not.toContain('max-old-space-size');
		expect(stderr).not.toContain('    at ');
	});

	it.each(['DATABASE_URL', 'FIRMSEAL_OPERATOR_DATABASE_URL'])(
		'does not start if its URLs lead to two databases, one of them empty: through %s',
		async (setting) => {
			await installation.admin.unsafe('create database third');
			try {
				const url = Object.assign(new URL(installation.env[setting] as string), { pathname: '/third' }).href;
				const { code, stderr } = await firmseal({ ...installation.env, [setting]: url }, 'serve');
				expect({ code, stderr }).toEqual({
					code: 1,
					stderr:
						'firmseal: FIRMSEAL_OPERATOR_DATABASE_URL leads to another database than DATABASE_URL: set both to the same database.\n',
				});
			} finally {
				await installation.admin.unsafe('drop database third with (force)');
			}
		},
	);

	it('reports a database that was never prepared', async () => {
		const empty = newDirectory();
		const [{ name } = { name: '' }] = await installation.admin`select current_database() || '_empty' as name`;
		await installation.admin`create database ${installation.admin(name)}`;
		const elsewhere = Object.fromEntries(
			Object.entries(installation.env).map(([key, value]) => [
				key,
				key.includes('DATABASE_URL') ? Object.assign(new URL(value), { pathname: `/${name}` }).href : value,
			]),
		);
		try {
			const { code, stderr } = await firmseal({ ...elsewhere, FIRMSEAL_DATA_DIR: empty }, 'serve');
			expect({ code, stderr }).toEqual({
				code: 1,
				stderr: 'firmseal: The database is not prepared for this version of Firmseal: run `firmseal init`.\n',
			});
		} finally {
			await installation.admin`drop database ${installation.admin(name)} with (force)`;
		}
	});
});
