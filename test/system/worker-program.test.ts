import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { inspectDirectLogin } from '../../src/processes/start-checks.ts';
import { openPlaneOf } from '../../src/wiring/index.ts';
import type { TestFirm, TestInstallation } from '../support/installation.ts';
import { notifyOwners } from '../support/notices.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { openReceiver, type Receiver } from '../support/receiver.ts';
import { endAll, firmseal, firmsealJson, launch, MAIN, type Running, until } from './program.ts';

const SECRET = 'only-for-tests-and-long-enough-as-a-secret';

describe('firmseal worker', () => {
	let installation: TestInstallation;
	let north: TestFirm;
	let receiver: Receiver;

	beforeAll(async () => {
		({ installation, north } = await makePopulated(embedded));
	});
	beforeEach(async () => {
		receiver = await openReceiver();
	});
	afterEach(async () => {
		await endAll();
		await receiver.close();
	});
	afterAll(() => installation?.close());

	const env = () => ({
		...installation.env,
		FIRMSEAL_WEBHOOK_URL: `${receiver.url}?token=of-the-receiver`,
		FIRMSEAL_WEBHOOK_SECRET: SECRET,
	});
	/** Starts a worker and waits until it says that it runs. */
	async function start(settings: Readonly<Record<string, string>>, ...args: string[]): Promise<Running> {
		const program = launch(settings, process.execPath, [MAIN, 'worker', ...args]);
		await program.saw(/^(?:The worker runs|\{"ok").*\n$/);
		return program;
	}
	const rowOf = async (id: string) =>
		(await installation.admin`select * from webhook_deliveries where message_id = ${id}`)[0];

	it.each(['SIGTERM', 'SIGINT'] as const)('says that it runs, sends notices, and ends at %s', async (signal) => {
		const program = await start(env());
		const [id = ''] = await notifyOwners(installation.admin, north.id);
		await until(() => receiver.received.some((each) => each.id === id));
		program.kill(signal);
		const { code, stdout, stderr } = await program.ended;
		expect({ code, stdout }).toEqual({ code: 0, stdout: 'The worker runs, and sends notices to the webhook.\n' });
		expect((await rowOf(id))?.outcome).toBe('204');
		for (const text of [SECRET, 'of-the-receiver', '/hooks/']) expect(stderr).not.toContain(text);
	});

	it('prints one object with --json, and sends nothing without a webhook', async () => {
		const program = await start(installation.env, '--json');
		program.kill('SIGTERM');
		const { code, stdout } = await program.ended;
		expect(code).toBe(0);
		expect(JSON.parse(stdout)).toEqual({ ok: true, command: 'worker', result: { sendsNotices: false } });
	});

	it('that is killed while it sends leaves the notice to another worker, half a minute later', async () => {
		receiver.answer(() => {});
		const killed = await start(env());
		const [id = ''] = await notifyOwners(installation.admin, north.id);
		await until(() => receiver.received.length === 1);
		killed.kill('SIGKILL');
		await killed.ended;
		const { attempts, delivered_at, next_at } = (await rowOf(id)) ?? {};
		expect({ attempts, delivered_at }).toEqual({ attempts: 1, delivered_at: null });
		expect(next_at.getTime() - Date.now()).toBeGreaterThan(20_000);

		receiver.answer(204);
		await start(env());
		const [later = ''] = await notifyOwners(installation.admin, north.id);
		await until(async () => (await rowOf(later))?.delivered_at);
		expect((await rowOf(id))?.delivered_at).toBeNull();
		await installation.admin`update webhook_deliveries set next_at = now() where message_id = ${id}`;
		await until(async () => (await rowOf(id))?.delivered_at);
		expect(await rowOf(id)).toMatchObject({ attempts: 2, outcome: '204' });
		expect(receiver.received.map((each) => each.id)).toEqual([id, later, id]);
		const timestamps = receiver.received.map(({ headers }) => Number(headers['webhook-timestamp']));
		expect(timestamps[2]).toBeGreaterThanOrEqual(timestamps[0] ?? Number.NaN);
	});

	it('does not start if one of the webhook’s settings is missing or too short', async () => {
		const half = await firmseal({ ...installation.env, FIRMSEAL_WEBHOOK_URL: receiver.url }, 'worker');
		expect(half).toMatchObject({ code: 1, stdout: '' });
		expect(half.stderr).toContain('FIRMSEAL_WEBHOOK_SECRET must be set too');
		const short = await firmsealJson({ ...env(), FIRMSEAL_WEBHOOK_SECRET: 'hunter2' }, 'worker');
		expect(short).toMatchObject({ code: 1, ok: false, error: { code: 'SETUP' } });
		expect(short.error.message).toMatch(/^FIRMSEAL_WEBHOOK_SECRET must be at least 32/);
	});

	it('needs only its own login, and a keyring that opens the checkpoint key', async () => {
		const { PATH = '' } = process.env;
		const { FIRMSEAL_WORKER_DATABASE_URL = '' } = installation.env;
		const program = await start({ PATH, FIRMSEAL_DATA_DIR: installation.directory, FIRMSEAL_WORKER_DATABASE_URL });
		program.kill('SIGTERM');
		expect(await program.ended).toMatchObject({ code: 0, stdout: 'The worker runs.\n' });
	});

	it.each([
		['a wrong password', { password: 'guessed' }, /^\S+ refuses the password of user \S+ \(28P01\): fix it in \S*/],
		['a closed port', { port: '1' }, /^No PostgreSQL listens at 127\.0\.0\.1:1 \(ECONNREFUSED\)/],
		['an unknown host', { hostname: 'seal.invalid' }, /^seal\.invalid:\d+ cannot be resolved/],
		[
			'another database',
			{ pathname: '/third' },
			/^FIRMSEAL_DIRECT_DATABASE_URL leads to another database than FIRMSEAL_WORKER_DATABASE_URL: set it to the same database, past the pooler\.$/,
		],
	])('does not start if the direct URL is wrong: %s', async (_, change, expected) => {
		await installation.admin.unsafe('create database third');
		try {
			const url = Object.assign(new URL(installation.env.FIRMSEAL_WORKER_DATABASE_URL as string), change).href;
			const settings = { ...installation.env, FIRMSEAL_DIRECT_DATABASE_URL: url };
			const { code, error } = await firmsealJson(settings, 'worker');
			expect({ code, message: error.message }).toEqual({ code: 1, message: expect.stringMatching(expected) });
			expect(error.message).toContain('FIRMSEAL_DIRECT_DATABASE_URL');
			expect((await firmsealJson(settings, 'broker')).error.message).toContain('FIRMSEAL_DIRECT_DATABASE_URL');
		} finally {
			await installation.admin.unsafe('drop database third with (force)');
		}
	});

	it('refuses the login of another process in production', async () => {
		const { env: settings } = installation;
		const direct = settings.FIRMSEAL_OPERATOR_DATABASE_URL as string;
		const plane = openPlaneOf(installation.database, 'firmseal_worker', 1);
		try {
			const inspected = (env: string) =>
				inspectDirectLogin(
					readConfig({ ...settings, FIRMSEAL_ENV: env }),
					{ ...installation.database, direct },
					'worker',
					plane,
				);
			await expect(inspected('production')).rejects.toThrow(
				'FIRMSEAL_DIRECT_DATABASE_URL must sign in with the same login as FIRMSEAL_WORKER_DATABASE_URL: give it the login of the worker.',
			);
			expect(await inspected('development')).toEqual([]);
		} finally {
			await plane.close();
		}
	});

	it('is refused in production with the reasons that apply to a worker', async () => {
		const { code, stderr } = await firmseal({ ...env(), FIRMSEAL_ENV: 'production' }, 'worker');
		expect(code).toBe(1);
		expect(stderr).toContain('Production refuses every keyring except that of a known key service');
		expect(stderr).toContain('--disable-sigusr1');
		expect(stderr).not.toMatch(/FIRMSEAL_PLANE|issuer|introspection/);
	});
});
