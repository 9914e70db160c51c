import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliverBatch, type Webhook } from '../../src/alerts/deliveries/index.ts';
import { readConfig } from '../../src/config/config.ts';
import { enableDeliveries, type Plane } from '../../src/database/index.ts';
import { openPlaneOf, openWebhookOf } from '../../src/wiring/index.ts';
import type { TestFirm, TestInstallation } from '../support/installation.ts';
import { makeDue, notifyOwners } from '../support/notices.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { openReceiver, type Receiver } from '../support/receiver.ts';

/** The maximum wait after each attempt, from the first on, in milliseconds. */
const MOST = [
	1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000, 1_024_000, 2_048_000, 3_600_000,
	3_600_000, 3_600_000,
];
const HOUR = 3_600_000;
const almostOne = () => 1 - Number.EPSILON / 2;

describe('a notice that the webhook does not accept', () => {
	let installation: TestInstallation;
	let north: TestFirm;
	let plane: Plane;
	let receiver: Receiver;
	let webhook: Webhook;

	beforeAll(async () => {
		({ installation, north } = await makePopulated(embedded));
		plane = openPlaneOf(installation.database, 'firmseal_worker', 4);
		await plane.write(null, enableDeliveries);
	});
	beforeEach(async () => {
		receiver = await openReceiver();
		receiver.answer(500);
		const secret = 'only-for-tests-and-long-enough-as-a-secret';
		const settings = { FIRMSEAL_WEBHOOK_URL: receiver.url, FIRMSEAL_WEBHOOK_SECRET: secret };
		webhook = openWebhookOf(readConfig({ ...installation.env, ...settings })) as Webhook;
	});
	afterEach(async () => {
		webhook.close();
		await receiver.close();
		await installation.admin`update webhook_deliveries set delivered_at = now() where delivered_at is null`;
	});
	afterAll(async () => {
		await plane?.close();
		await installation?.close();
	});

	const notify = (count = 1) => notifyOwners(installation.admin, north.id, count);
	/** The time of the database's clock, in milliseconds. */
	const now = async () =>
		Number((await installation.admin`select extract(epoch from clock_timestamp()) * 1000 as now`)[0]?.now);
	const send = (random?: () => number) =>
		deliverBatch({ plane, webhook, invitationOf: async () => null, ...(random && { random }) });

	interface Waiting {
		readonly attempts: number;
		/** Milliseconds from the start and from the end of the batch until the stored time of the next attempt. */
		readonly sinceBefore: number;
		readonly sinceAfter: number;
	}

	/** Attempts each of the notices once more, and returns the waits that their rows then have. */
	async function attempt(ids: readonly string[], random?: () => number): Promise<Waiting[]> {
		await makeDue(installation.admin, ids);
		const before = await now();
		const { failed } = await send(random);
		const after = await now();
		expect([...failed]).toEqual([['500', ids.length]]);
		const rows = await installation.admin`
			select attempts, outcome, delivered_at, extract(epoch from next_at) * 1000 as next
			from webhook_deliveries where message_id in ${installation.admin(ids)}`;
		expect(rows).toHaveLength(ids.length);
		return rows.map(({ attempts, outcome, delivered_at, next }) => {
			expect({ outcome, delivered_at }).toEqual({ outcome: '500', delivered_at: null });
			return { attempts, sinceBefore: Number(next) - before, sinceAfter: Number(next) - after };
		});
	}

	/** Expects a wait of this length, counted from some moment of the batch, with a tolerance of a millisecond for rounding. */
	function expectWaitOf(milliseconds: number, { sinceBefore, sinceAfter }: Waiting): void {
		expect(sinceBefore).toBeGreaterThanOrEqual(milliseconds - 1);
		expect(sinceAfter).toBeLessThanOrEqual(milliseconds + 1);
	}

	it.each([
		['the maximum', almostOne, (most: number) => most - 1],
		['half the maximum', () => 0.5, (most: number) => most / 2],
		['zero', () => 0, () => 0],
	])(
		'is postponed by a wait that doubles with each attempt, up to an hour, times a random factor: %s',
		async (_, random, of) => {
			const [id = ''] = await notify();
			for (const [index, most] of MOST.entries()) {
				const [row] = (await attempt([id], random)) as [Waiting];
				expect(row.attempts).toBe(index + 1);
				expectWaitOf(of(most), row);
				expect(receiver.received).toHaveLength(index + 1);
			}
		},
	);

	it('is not retried before its time, and never waits more than an hour, even after two thousand million attempts', async () => {
		const [id = ''] = await notify();
		await installation.admin`update webhook_deliveries set attempts = 2000000000 where message_id = ${id}`;
		const [row] = (await attempt([id], almostOne)) as [Waiting];
		expect(row.attempts).toBe(2_000_000_001);
		expectWaitOf(HOUR - 1, row);
		expect(await send()).toEqual({ more: false, failed: new Map() });
		expect(receiver.received).toHaveLength(1);
	});

	it('is postponed like a refused one if its body cannot be created, and delays no other notice', async () => {
		receiver.answer(200);
		const { admin } = installation;
		const unmade = await notifyOwners(admin, north.id, 20, { kind: 'MEMBER_INVITED', invitation_id: north.id });
		const [other = ''] = await notify();
		await makeDue(admin, [...unmade, other]);
		const invitationOf = async () => {
			throw new RangeError('Invalid time value');
		};
		const sendAll = () => deliverBatch({ plane, webhook, invitationOf, random: almostOne });
		expect(await sendAll()).toEqual({ more: true, failed: new Map([['INTERNAL', 16]]) });
		expect(await sendAll()).toEqual({ more: false, failed: new Map([['INTERNAL', 4]]) });
		expect(receiver.received.map(({ id }) => id)).toEqual([other]);
		const rows = await admin`select distinct attempts, outcome, delivered_at, next_at > now() as "isLater"
			from webhook_deliveries where message_id in ${admin(unmade)}`;
		expect([...rows]).toEqual([{ attempts: 1, outcome: 'INTERNAL', delivered_at: null, isLater: true }]);
	});

	it('waits for a random time up to the maximum, independently of other notices', async () => {
		const ids = await notify(16);
		let waits: number[] = [];
		for (const [index, most] of MOST.slice(0, 13).entries()) {
			const rows = await attempt(ids);
			for (const { attempts, sinceBefore, sinceAfter } of rows) {
				expect(attempts).toBe(index + 1);
				expect(sinceBefore).toBeGreaterThanOrEqual(-1);
				expect(sinceAfter).toBeLessThan(most);
			}
			waits = rows.map(({ sinceBefore }) => sinceBefore);
			// The chance that all sixteen are below a quarter is one in four thousand million.
			expect(Math.max(...waits)).toBeGreaterThan(most / 4);
		}
		// The last waits are up to an hour. They are compared by the second.
		expect(new Set(waits.map((wait) => Math.round(wait / 1_000))).size).toBeGreaterThan(8);
		expect(receiver.received).toHaveLength(13 * 16);
	});
});
