import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/api/index.ts';
import { readConfig } from '../../src/config.ts';
import { type RunningWorker, startWorker } from '../../src/worker.ts';
import { claimsOf, makeScene, type Scene } from '../attacks/scene.ts';
import { openReceiver, type Receiver } from '../support/receiver.ts';
import { until } from '../system/program.ts';

const SECRET = 'only-for-tests-and-long-enough-as-a-secret';
const MARKER = 'a title that nobody of the platform reads';
const READ = '{ notes(firmId: "FIRM") { nodes { id title } } }';

describe('the worker', () => {
	let scene: Scene;
	let receiver: Receiver;
	let lines: string[] = [];
	const workers: RunningWorker[] = [];

	beforeAll(async () => {
		scene = await makeScene();
		await scene.write({ title: MARKER });
	});
	beforeEach(async () => {
		receiver = await openReceiver();
		lines = [];
	});
	afterEach(async () => {
		await Promise.all(workers.splice(0).map((worker) => worker.stop()));
		await receiver.close();
		await scene.admin`update webhook_deliveries set delivered_at = now() where delivered_at is null`;
		await scene.admin`update alerts set acknowledged_by = ${claimsOf(scene.auditor).sub} where acknowledged_at is null`;
	});
	afterAll(() => scene?.installation.close());

	async function start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
		const config = readConfig({
			...scene.installation.env,
			FIRMSEAL_WEBHOOK_URL: receiver.url,
			FIRMSEAL_WEBHOOK_SECRET: SECRET,
			...settings,
		});
		const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
		workers.push(await startWorker(config, scene.installation.database, logger));
	}
	const tryToRead = () => scene.api.ask(scene.operator, READ.replace('FIRM', scene.north.id));
	const openedLines = () => lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'an alert was opened');
	const toldAlerts = () => receiver.received.filter(({ body }) => JSON.parse(body).type === 'alert');

	it('tells of suspicious use within seconds: in its log and, signed, at the webhook; ids, words of ours and times', async () => {
		await start();
		const since = performance.now();
		await tryToRead();
		await until(() => toldAlerts().length === 1, 10_000);
		expect(performance.now() - since).toBeLessThan(8_000);
		const [message] = toldAlerts();
		const { sub } = claimsOf(scene.operator);
		const [row] = await scene.admin`select * from alerts where acknowledged_at is null`;
		const verifier = new Webhook(SECRET, { format: 'raw' });
		expect(verifier.verify(message?.body ?? '', message?.headers as Record<string, string>)).toEqual({
			type: 'alert',
			timestamp: row?.opened_at.toISOString(),
			data: {
				id: message?.id,
				rule: 'CONTENT_WITHOUT_LEASE',
				severity: 'ALERT',
				firmId: scene.north.id,
				actorId: sub,
				leaseId: null,
				count: 1,
				openedAt: row?.opened_at.toISOString(),
				lastAt: row?.last_at.toISOString(),
			},
		});
		expect(message?.id).toBe(row?.id);
		expect(openedLines()).toMatchObject([
			{ level: 50, rule: 'CONTENT_WITHOUT_LEASE', severity: 'ALERT', firm: scene.north.id, user: sub, count: 1 },
		]);
		for (const text of [MARKER, 'note', 'title', '@']) expect(message?.body).not.toContain(text);
	});

	it('has it on record before it tells anybody', async () => {
		let recorded: number | undefined;
		const countEntries = async (id: string) =>
			(await scene.entries()).filter(({ action, records }) => action === 'alert.open' && records.includes(id)).length;
		receiver.answer((request, response) => {
			void countEntries(request.id).then((count) => {
				recorded ??= count;
				response.writeHead(204).end();
			});
		});
		await start();
		await tryToRead();
		await until(() => recorded !== undefined, 10_000);
		expect(recorded).toBe(1);
	});

	it('tells once of a webhook that fails, of which it is told too', async () => {
		receiver.answer(500);
		await start({ FIRMSEAL_ALERTS: 'DELIVERY_ATTEMPTS=1' });
		await tryToRead();
		await until(() => openedLines().some(({ rule }) => rule === 'DELIVERY_FAILED'), 20_000);
		await new Promise((resolve) => setTimeout(resolve, 7_000));
		expect(openedLines().map(({ rule }) => rule)).toEqual(['CONTENT_WITHOUT_LEASE', 'DELIVERY_FAILED']);
		const alerts = await scene.admin`select rule, count from alerts where acknowledged_at is null order by rule`;
		expect(alerts.map(({ rule, count }) => [rule, count])).toEqual([
			['CONTENT_WITHOUT_LEASE', 1],
			['DELIVERY_FAILED', 1],
		]);
		receiver.answer(204);
		await scene.admin`update webhook_deliveries set next_at = now() - interval '1 second' where delivered_at is null`;
		await until(async () => (await scene.admin`select 1 from alert_states`).length === 0, 20_000);
	}, 90_000);

	it('counts each entry once, however many of it there are', async () => {
		await Promise.all([start(), start(), start()]);
		for (let time = 0; time < 10; time += 1) await tryToRead();
		const count = async () =>
			(await scene.admin`select count from alerts where acknowledged_at is null`).map((row) => row.count);
		await until(async () => (await count())[0] >= 10, 10_000);
		await new Promise((resolve) => setTimeout(resolve, 2_500));
		expect(await count()).toEqual([10]);
		expect(toldAlerts()).toHaveLength(1);
		expect(openedLines()).toHaveLength(1);
	});

	it('goes on when the database was away for a moment', async () => {
		await start();
		await until(() => lines.some((line) => line.includes('working')));
		await scene.admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'firmseal' and datname = current_database() and pid <> pg_backend_pid()`;
		await until(async () => (await tryToRead()).errors.length === 0, 10_000);
		await until(() => toldAlerts().length === 1, 15_000);
		expect(openedLines().map(({ rule }) => rule)).toEqual(['CONTENT_WITHOUT_LEASE']);
	});
});
