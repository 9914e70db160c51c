import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantName } from '../../src/leases/index.ts';
import { SEED, scale } from '../support/scale.ts';
import { endAll, launch, MAIN, type Running } from '../system/program.ts';
import { type LeaseStage, makeLeaseStage, until } from './stage.ts';

const ROUNDS = scale(15, 4);
const LEASES = 4;

describe('a broker process that is killed', () => {
	let stage: LeaseStage;
	beforeAll(async () => {
		stage = await makeLeaseStage();
	});
	afterAll(async () => {
		await endAll();
		await stage.close();
	});

	/** The brokers' audit entries so far. */
	async function countDone(): Promise<number> {
		const [row] = await stage.installation
			.admin`select count(*)::int from audit_entries where leaf::jsonb ->> 'plane' = 'broker'`;
		return row?.count;
	}

	async function start(): Promise<Running> {
		const { FIRMSEAL_BROKER_DATABASE_URL, FIRMSEAL_DATA_DIR } = stage.installation.env;
		const env = { FIRMSEAL_BROKER_DATABASE_URL, FIRMSEAL_DATA_DIR } as Record<string, string>;
		return launch(env, process.execPath, [MAIN, 'broker']);
	}

	it(`at any moment, ${ROUNDS} times, leaves nothing that the next one doesn't repair`, {
		timeout: 600_000,
	}, async () => {
		const leases: string[] = [];
		// Each of its steps in turn, from another one on with another seed. For each lease it records one entry of its grants, of both
		// classes, and one of its start: the first round has no other entries that are sure to come.
		const stepOf = (round: number) => (SEED + 5 * round) % (2 * LEASES + 1);
		for (let round = 0; round < ROUNDS; round++) {
			const broker = await start();
			const begun = await Promise.all(
				Array.from({ length: LEASES }, () => stage.approved({ classes: ['NOTE', 'BILLING'] })),
			);
			await broker.saw(/this broker now decides on leases/);
			const done = await countDone();
			const ended = leases.slice(-2);
			const moves = [
				...begun.map((lease) => stage.move(lease, 'ACTIVATING')),
				// Including leases that are being ended while the broker dies.
				...ended.map((lease) => stage.revoke(lease).catch(() => {})),
			];
			await expect.poll(countDone, { interval: 5 }).toBeGreaterThanOrEqual(done + stepOf(round));
			broker.kill('SIGKILL');
			expect(await broker.ended).toMatchObject({ signal: 'SIGKILL' });
			await Promise.all(moves);
			leases.push(...begun);
		}
		const last = await start();
		const states = async () => Promise.all(leases.map(stage.find));
		await until(async () => (await states()).every(({ state, clearedAt }) => state === 'ACTIVE' || clearedAt !== null));
		last.kill('SIGTERM');
		expect(await last.ended).toMatchObject({ code: 0 });
		const active = (await states()).filter(({ state }) => state === 'ACTIVE');
		expect(active.length).toBeGreaterThan(ROUNDS);
		expect(active.length).toBeLessThan(leases.length);
		expect(await stage.grants()).toEqual(
			active.flatMap(({ id }) => ['NOTE', 'BILLING'].map((each) => grantName(id, each))).sort(),
		);
		const { admin } = stage.installation;
		const twice =
			await admin`select lease_id from lease_events where to_state = 'ACTIVE' group by lease_id having count(*) > 1`;
		expect(twice).toEqual([]);
		const unrecorded = await admin`
			select l.id from leases l where l.activated_at is not null and not exists (
				select from audit_entries a where a.leaf::jsonb ->> 'lease' = l.id::text and a.leaf::jsonb ->> 'action' = 'lease.start')`;
		expect(unrecorded).toEqual([]);
	});

	it('reports that it runs, and ends on request', async () => {
		const broker = await start();
		await broker.saw(/^The broker runs\.\n$/);
		broker.kill('SIGTERM');
		expect(await broker.ended).toMatchObject({ code: 0, stdout: 'The broker runs.\n' });
	});

	it('requires a database of its own, and says so', async () => {
		const { FIRMSEAL_DATA_DIR } = stage.installation.env as Record<string, string>;
		const outcome = await launch({ FIRMSEAL_DATA_DIR } as Record<string, string>, process.execPath, [
			MAIN,
			'broker',
			'--json',
		]).ended;
		expect(outcome.code).toBe(1);
		expect(JSON.parse(outcome.stdout)).toMatchObject({ ok: false, command: 'broker', error: { code: 'SETUP' } });
		expect(outcome.stdout).toContain('FIRMSEAL_BROKER_DATABASE_URL is not set');
	});
});
