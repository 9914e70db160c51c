import { Webhook } from 'standardwebhooks';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf, makeScene, type Scene } from '../attacks/scene.ts';
import type { TestWorker } from '../support/installation.ts';
import { openReceiver, type Receiver } from '../support/receiver.ts';
import { changesPolicy, ids } from './entries.ts';
import { type AlertStage, makeAlertStage } from './stage.ts';

const SECRET = 'only-for-tests-and-long-enough-as-a-secret';
const MARKER = 'a title that no one of the platform reads';
const READ = '{ notes(firmId: "FIRM") { nodes { id title } } }';

describe('the worker', () => {
	let scene: Scene;
	let stage: AlertStage;
	let receiver: Receiver;
	const workers: TestWorker[] = [];

	beforeAll(async () => {
		scene = await makeScene();
		stage = await makeAlertStage(scene.installation);
		await scene.installation.allowProcesses('worker', 4);
		await scene.write({ title: MARKER });
	});
	beforeEach(async () => {
		receiver = await openReceiver();
	});
	afterEach(async () => {
		await Promise.all(workers.splice(0).map((worker) => worker.stop()));
		await receiver.close();
		await scene.admin`update webhook_deliveries set delivered_at = now() where delivered_at is null`;
		await scene.admin`update alerts set acknowledged_by = ${claimsOf(scene.auditor).sub} where acknowledged_at is null`;
	});
	afterAll(() => stage?.close());

	async function start(settings: Readonly<Record<string, string>> = {}): Promise<TestWorker> {
		const webhook = { FIRMSEAL_WEBHOOK_URL: receiver.url, FIRMSEAL_WEBHOOK_SECRET: SECRET };
		const worker = await scene.installation.startWorker({ ...webhook, ...settings });
		workers.push(worker);
		return worker;
	}
	const tryToRead = () => scene.api.ask(scene.operator, READ.replace('FIRM', scene.north.id));
	const openedLines = () =>
		workers
			.flatMap(({ lines }) => lines.map((line) => JSON.parse(line)))
			.filter(({ msg }) => msg === 'an alert was opened');
	const toldAlerts = () => receiver.received.filter(({ body }) => JSON.parse(body).type === 'alert');

	it('reports suspicious use within two seconds, in its log and, signed, at the webhook, with ids, fixed texts and times', async () => {
		const worker = await start();
		await tryToRead();
		for (let second = 0; second < 2; second++) await worker.advance();
		expect(toldAlerts()).toHaveLength(1);
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

	it('logs it before it reports to anyone', async () => {
		let recorded: number | undefined;
		const countEntries = async (id: string) =>
			(await scene.entries()).filter(({ action, records }) => action === 'alert.open' && records.includes(id)).length;
		receiver.answer((request, response) => {
			void countEntries(request.id).then((count) => {
				recorded ??= count;
				response.writeHead(204).end();
			});
		});
		const worker = await start();
		await tryToRead();
		for (let second = 0; second < 2; second++) await worker.advance();
		expect(recorded).toBe(1);
	});

	it('reports a failing webhook once, and sends that report to it too', async () => {
		receiver.answer(500);
		const worker = await start({ FIRMSEAL_ALERTS: 'DELIVERY_ATTEMPTS=1' });
		await tryToRead();
		// Until the worker checks deliveries, and then until it checks everything again.
		for (const seconds of [1, 1, 5, 60]) await worker.advance(seconds * 1_000);
		expect(openedLines().map(({ rule }) => rule)).toEqual(['CONTENT_WITHOUT_LEASE', 'DELIVERY_FAILED']);
		const alerts = await scene.admin`select rule, count from alerts where acknowledged_at is null order by rule`;
		expect(alerts.map(({ rule, count }) => [rule, count])).toEqual([
			['CONTENT_WITHOUT_LEASE', 1],
			['DELIVERY_FAILED', 1],
		]);
		receiver.answer(204);
		await scene.admin`update webhook_deliveries set next_at = now() - interval '1 second' where delivered_at is null`;
		for (let look = 0; look < 2; look++) await worker.advance(5_000);
		expect(await scene.admin`select 1 from alert_states`).toEqual([]);
	});

	it('counts each entry once, however many workers there are', async () => {
		const three = await Promise.all([start(), start(), start()]);
		for (let time = 0; time < 10; time += 1) {
			await tryToRead();
			await Promise.all(three.map((worker) => worker.advance()));
		}
		for (let second = 0; second < 2; second++) await Promise.all(three.map((worker) => worker.advance()));
		const alerts = await scene.admin`select count from alerts where acknowledged_at is null`;
		expect(alerts.map(({ count }) => count)).toEqual([10]);
		expect(toldAlerts()).toHaveLength(1);
		expect(openedLines()).toHaveLength(1);
	});

	it('checks fewer entries at once after a failed check, and other rules meanwhile', async () => {
		const worker = await start();
		await worker.advance();
		await scene.admin.unsafe(`create function refuse_many() returns trigger language plpgsql as $$ begin
				if (select count(*) from n) > 1 then raise exception 'too many' using errcode = '57014'; end if; return null; end $$;
			create trigger refuse_many after insert on alerts referencing new table as n for each statement execute function refuse_many()`);
		try {
			const firms = ids(5);
			await stage.append(...firms.map((firm) => changesPolicy(uuidv7(), firm)));
			await scene.admin`insert into audit_gaps (role, boot, first, last) values ('firmseal_firm', ${uuidv7()}, 4, 6)`;
			for (let look = 0; look < 14; look++) await worker.advance();
			const alerts = await scene.admin`select firm_id from alerts where rule = 'POLICY_CHANGED' order by opened_at`;
			expect(alerts.map(({ firm_id }) => firm_id).sort()).toEqual(firms.sort());
			expect(
				openedLines()
					.map(({ rule }) => rule)
					.at(0),
			).toBe('LOG_GAP');
		} finally {
			await scene.admin`drop trigger refuse_many on alerts`;
			await scene.admin`drop function refuse_many`;
		}
	});

	it('continues after a short outage of the database', async () => {
		const worker = await start();
		await worker.advance();
		await scene.admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'firmseal' and datname = current_database() and pid <> pg_backend_pid()`;
		while ((await tryToRead()).errors.length > 0);
		await scene.installation.workUntil(() => toldAlerts().length === 1);
		expect(openedLines().map(({ rule }) => rule)).toEqual(['CONTENT_WITHOUT_LEASE']);
	});
});
