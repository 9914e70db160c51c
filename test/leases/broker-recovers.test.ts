import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Keyring } from '../../src/keys/index.ts';
import { grantName } from '../../src/leases/index.ts';
import { openKeyring } from '../../src/wiring/index.ts';
import type { TestBroker } from '../support/installation.ts';
import { type SteppedClock, steppedClock } from '../support/stepped-clock.ts';
import { openBlockableProxy } from './blockable-proxy.ts';
import { type LeaseStage, makeLeaseStage } from './stage.ts';

describe('a broker that is prevented from working', () => {
	let stage: LeaseStage;
	let keyring: Keyring;
	const brokers: TestBroker[] = [];
	let clock: SteppedClock;
	beforeAll(async () => {
		stage = await makeLeaseStage();
		keyring = await openKeyring(stage.installation.config, 'broker');
	});
	afterEach(async () => {
		for (const broker of brokers.splice(0)) await broker.stop();
	});
	afterAll(() => stage.close());

	async function start(overrides: Record<string, string> = {}): Promise<TestBroker> {
		clock = steppedClock();
		const broker = await stage.installation.startBroker(overrides, { clock });
		brokers.push(broker);
		return broker;
	}
	/** Runs the broker's next rounds and their tasks. A round may find a broken connection. */
	async function becomes(lease: string, state: string): Promise<void> {
		await clock.pass(5_000);
		expect(await stage.stateOf(lease)).toBe(state);
	}
	const isCleared = async (lease: string) => (await stage.find(lease)).clearedAt !== null;
	/** Makes the broker compare grants with leases. */
	const sweep = () => clock.advance(60_000);
	const grantsOf = async (lease: string) => (await stage.grants()).filter((name) => name.includes(lease));
	const countLines = (broker: TestBroker, text: string) => broker.lines.filter((line) => line.includes(text)).length;

	it('removes grants without a lease in use: of an ended, unknown or only approved lease, or of another class', async () => {
		const { id: firm } = stage.firm;
		const approved = await stage.approved();
		const unknown = uuidv7();
		const denied = await stage.ask();
		await stage.move(denied, 'DENIED');
		for (const lease of [approved, unknown, denied])
			await keyring.createGrant({ name: grantName(lease, 'NOTE'), firm, class: 'NOTE' });
		const active = await stage.activating();
		const broker = await start();
		await becomes(active, 'ACTIVE');
		await keyring.createGrant({ name: grantName(active, 'BILLING'), firm, class: 'BILLING' });
		await sweep();
		expect(await stage.grants()).toEqual([grantName(active, 'NOTE')]);
		expect(await stage.stateOf(active)).toBe('ACTIVE');
		expect(countLines(broker, 'removed a grant that belongs to no lease in use')).toBe(4);
		for (const lease of [approved, unknown, denied])
			expect((await stage.entries(lease)).map(({ action }) => action)).toContain('key.ungrant');
	});

	it('removes a grant of another class than its name says, so that the lease can get its own', async () => {
		const lease = await stage.approved();
		await keyring.createGrant({ name: grantName(lease, 'NOTE'), firm: stage.firm.id, class: 'BILLING' });
		await start();
		await sweep();
		expect(await grantsOf(lease)).toEqual([]);
		await stage.move(lease, 'ACTIVATING');
		await becomes(lease, 'ACTIVE');
		expect(await keyring.listGrants(stage.firm.id)).toContainEqual(
			expect.objectContaining({ name: grantName(lease, 'NOTE'), class: 'NOTE' }),
		);
	});

	it('leaves grants with other names alone', async () => {
		const other = { name: 'of-another-program', firm: stage.firm.id, class: 'NOTE' };
		await keyring.createGrant(other);
		await start();
		await sweep();
		expect(await stage.grants()).toContain(other.name);
		await keyring.revokeGrant(other);
	});

	it('revokes an active lease whose grant is missing', async () => {
		const lease = await stage.activating({ classes: ['NOTE', 'BILLING'] });
		const broker = await start();
		await becomes(lease, 'ACTIVE');
		await keyring.revokeGrant({ name: grantName(lease, 'BILLING'), firm: stage.firm.id });
		await sweep();
		await becomes(lease, 'REVOKED');
		expect(await grantsOf(lease)).toEqual([]);
		expect(countLines(broker, 'someone removed its grant')).toBe(1);
	});

	it('waits longer after each failed round, though it can connect, and continues once rounds succeed again', async () => {
		const { admin } = stage.installation;
		const broker = await start();
		await clock.advance(1_000);
		expect(countLines(broker, 'this broker now decides on leases')).toBe(1);
		await admin`revoke select on leases from firmseal_broker`;
		try {
			// Pauses of 0.25 to 0.5, 0.5 to 1, 1 to 2, and 2 to 4 seconds. A constant pause of 0.25 seconds would give about forty rounds.
			for (let tenth = 0; tenth < 100; tenth++) await clock.advance(100);
			expect(countLines(broker, 'the broker failed: retrying')).toBeGreaterThanOrEqual(3);
			expect(countLines(broker, 'the broker failed: retrying')).toBeLessThan(12);
		} finally {
			await admin`grant select on leases to firmseal_broker`;
		}
		const lease = await stage.activating();
		await becomes(lease, 'ACTIVE');
	});

	it('waits while the key service is unavailable, and continues afterwards', async () => {
		const lease = await stage.approved();
		const ended = await stage.activating();
		const broker = await start();
		await becomes(ended, 'ACTIVE');
		const back = takeKeysAway();
		try {
			await stage.move(lease, 'ACTIVATING');
			await stage.revoke(ended);
			for (let look = 0; look < 4; look++) await clock.advance(5_000);
			expect(countLines(broker, 'could not process a lease: retrying')).toBeGreaterThanOrEqual(4);
			expect(await stage.stateOf(lease)).toBe('ACTIVATING');
			expect(await isCleared(ended)).toBe(false);
		} finally {
			back();
		}
		await becomes(lease, 'ACTIVE');
		expect(await isCleared(ended)).toBe(true);
		expect(await grantsOf(lease)).toHaveLength(1);
		expect(await grantsOf(ended)).toEqual([]);
		expect((await stage.entries(lease)).filter(({ action }) => action === 'lease.start')).toHaveLength(1);
	});

	/** Makes the firm's key files unreadable: then the keyring gives no answer, which differs from having no key. */
	function takeKeysAway(): () => void {
		const path = join(stage.installation.directory, 'keyring', 'firms', stage.firm.id);
		expect(existsSync(path)).toBe(true);
		renameSync(path, `${path}.away`);
		writeFileSync(path, '');
		return () => {
			rmSync(path);
			renameSync(`${path}.away`, path);
		};
	}

	it('survives an unavailable database, and then does what is due', async () => {
		const gate = await openBlockableProxy(stage.installation.env.FIRMSEAL_BROKER_DATABASE_URL as string);
		const broker = await start({ FIRMSEAL_BROKER_DATABASE_URL: gate.url });
		const ended = await stage.activating();
		await becomes(ended, 'ACTIVE');
		await gate.shut();
		const begun = await stage.activating();
		await stage.revoke(ended);
		await becomes(begun, 'ACTIVATING');
		expect(countLines(broker, ': retrying')).toBeGreaterThan(0);
		await gate.open();
		await becomes(begun, 'ACTIVE');
		expect(await isCleared(ended)).toBe(true);
		await broker.stop();
		await gate.close();
	});

	it('survives the end of each of its connections', async () => {
		await start();
		const { admin } = stage.installation;
		for (let round = 0; round < 5; round++) {
			const lease = await stage.activating();
			await admin`select pg_terminate_backend(pid) from pg_stat_activity
				where usename = 'firmseal_broker_login' and datname = current_database()`;
			await becomes(lease, 'ACTIVE');
		}
	});

	it('waits for another broker’s lock, and takes over when that one is gone', async () => {
		const first = await start();
		await clock.advance(1_000);
		expect(countLines(first, 'this broker now decides on leases')).toBe(1);
		const [ofFirst, second] = [clock, await start()];
		const lease = await stage.activating();
		await Promise.all([clock, ofFirst].map((each) => each.advance(1_000)));
		expect(await stage.stateOf(lease)).toBe('ACTIVE');
		expect(countLines(second, 'this broker now decides on leases')).toBe(0);
		expect(countLines(second, 'a lease is active')).toBe(0);
		await first.stop();
		await clock.advance(1_000);
		expect(countLines(second, 'this broker now decides on leases')).toBe(1);
		const next = await stage.activating();
		await becomes(next, 'ACTIVE');
		expect(countLines(second, 'a lease is active')).toBe(1);
	});
});
