import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock/clock.ts';
import type { Plane } from '../../src/database/index.ts';
import { decideLease } from '../../src/leases/broker/decide.ts';
import type { BrokerParts } from '../../src/leases/broker/parts.ts';
import { createLeaseTasks } from '../../src/leases/broker/tasks.ts';
import { sweepGrants } from '../../src/leases/broker/watch.ts';
import { grantName } from '../../src/leases/index.ts';
import { openKeyring, openLog, openPlaneOf, openRights } from '../../src/wiring/index.ts';
import { unguarded } from './forgeries.ts';
import { askBySql, moveAllBySql, withOpenTransaction } from './open-login-transaction.ts';
import { type LeaseStage, makeLeaseStage } from './stage.ts';

const SILENT = Object.fromEntries(
	['started', 'refused', 'uncounted', 'withdrawn', 'orphan', 'failed'].map((name) => [name, () => {}]),
) as unknown as BrokerParts['report'];

/** More steps than any task of the broker takes. */
const MAX_STEPS = 60;

describe('a broker that is interrupted, before or after each of its steps', () => {
	let stage: LeaseStage;
	let parts: BrokerParts;
	let close: () => Promise<void>;
	beforeAll(async () => {
		stage = await makeLeaseStage();
		const { config, database } = stage.installation;
		const planes = [6, 2, 1].map((connections) => openPlaneOf(database, 'firmseal_broker', connections));
		const [plane, keyPlane, logPlane] = planes as [Plane, Plane, Plane];
		const audit = openLog(logPlane);
		const keyring = await openKeyring(config, 'broker');
		const rights = openRights({ plane: keyPlane, keyring, audit, config, clock: systemClock, onUnrecorded: () => {} });
		parts = { plane, keyring, rights, audit, report: SILENT };
		close = async () => {
			await audit.close();
			await Promise.all(planes.map((each) => each.close()));
		};
	});
	afterAll(async () => {
		await close();
		await stage.close();
	});

	const grantsOf = async (lease: string) => (await stage.grants()).filter((name) => name.includes(lease));
	const eventsOf = async (lease: string) =>
		(await stage.installation.admin`select to_state from lease_events where lease_id = ${lease}`).map(
			({ to_state }) => to_state as string,
		);

	/** Runs one round and all its tasks. */
	async function round(of: BrokerParts): Promise<void> {
		const tasks = createLeaseTasks(of, systemClock);
		for (const wereActive of [true, false]) await tasks.startDue(wereActive, () => {});
		await tasks.whenIdle();
	}

	/** Runs the next broker. */
	async function recover(): Promise<void> {
		for (let rounds = 0; rounds < 3; rounds++) await round(parts);
		await sweepGrants(parts, (error) => {
			throw error;
		});
		await round(parts);
	}

	/** For each step: makes a lease, interrupts the broker there, runs the next broker, and checks the result. Returns the number of steps. */
	async function cutEverywhere(
		prepare: () => Promise<string>,
		look: (lease: string) => Promise<void>,
	): Promise<number> {
		for (let at = 1; at <= MAX_STEPS; at++) {
			const lease = await prepare();
			const cut = cuttingOff(parts, at);
			await round(cut.parts).catch(() => {});
			await recover();
			await look(lease);
			if (!cut.isCut()) return at - 1;
		}
		throw new Error(`more than ${MAX_STEPS} steps`);
	}

	it('activates a lease once, with its grants', { timeout: 120_000 }, async () => {
		const steps = await cutEverywhere(
			() => stage.activating({ classes: ['NOTE', 'BILLING'] }),
			async (lease) => {
				expect(await stage.stateOf(lease)).toBe('ACTIVE');
				expect(await grantsOf(lease)).toEqual(['BILLING', 'NOTE'].map((each) => grantName(lease, each)));
				expect((await eventsOf(lease)).filter((state) => state === 'ACTIVE')).toHaveLength(1);
				expect((await stage.entries(lease)).map(({ action }) => action)).toContain('lease.start');
				await stage.revoke(lease);
				await recover();
			},
		);
		expect(steps).toBeGreaterThan(15);
	});

	it('grants nothing to the firm of a row from before the verification', async () => {
		const other = await stage.installation.addFirm('other');
		const lease = await stage.activating();
		await decideLease(parts, { lease, firm: other.id });
		expect(await stage.stateOf(lease)).toBe('ACTIVE');
		expect(await grantsOf(lease)).toEqual([grantName(lease, 'NOTE')]);
		const keyring = await openKeyring(stage.installation.config, 'broker');
		expect(await keyring.listGrants(other.id)).toEqual([]);
		await stage.revoke(lease);
		await recover();
	});

	it('refuses an invalid lease, without a grant', { timeout: 120_000 }, async () => {
		const steps = await cutEverywhere(
			async () => {
				const lease = await stage.activating();
				await unguarded(stage, 'leases', 'update leases set minutes = 240 where id = $1', [lease]);
				return lease;
			},
			async (lease) => {
				if ((await stage.stateOf(lease)) === 'ACTIVATING') {
					// Interrupted after the end mark: for six seconds the process that set the mark may still be alive.
					await unguarded(
						stage,
						'lease_ends',
						`update lease_ends set ended_at = ended_at - interval '6 seconds' where lease_id = $1`,
						[lease],
					);
					await recover();
				}
				expect(await stage.stateOf(lease)).toBe('REVOKED');
				expect(await grantsOf(lease)).toEqual([]);
				expect((await stage.find(lease)).clearedAt).not.toBeNull();
			},
		);
		expect(steps).toBeGreaterThan(5);
	});

	it('removes the grants of an ended lease', { timeout: 120_000 }, async () => {
		const steps = await cutEverywhere(
			async () => {
				const lease = await stage.activating({ classes: ['NOTE', 'BILLING'] });
				await round(parts);
				expect(await grantsOf(lease)).toHaveLength(2);
				await stage.revoke(lease);
				return lease;
			},
			async (lease) => {
				expect(await grantsOf(lease)).toEqual([]);
				expect((await stage.find(lease)).clearedAt).not.toBeNull();
				expect((await stage.entries(lease)).map(({ action }) => action)).toContain('key.ungrant');
			},
		);
		expect(steps).toBeGreaterThan(5);
	});

	it('reserves two of its six slots for leases that were active, and one for all others, if none ends', async () => {
		const ids = Array.from({ length: 12 }, () => uuidv7());
		await withOpenTransaction(
			stage,
			'operator',
			async (tx) => {
				await askBySql(tx, { ids, firm: stage.firm.id, requester: stage.people.requester });
				await moveAllBySql(tx, ids, 'CANCELLED');
			},
			async () => {},
		);
		await unguarded(
			stage,
			'leases',
			`update leases set activated_at = now(), expires_at = now(), activation_mac = request_mac where id = any ($1)`,
			[`{${ids.slice(6)}}`],
		);
		for (const { first, begun } of [
			{ first: false, begun: [4, 6] },
			{ first: true, begun: [5, 6] },
		]) {
			let count = 0;
			const every = () => {
				count += 1;
				return { stop: async () => {}, wake() {} };
			};
			const tasks = createLeaseTasks(parts, { ...systemClock, every });
			const counts: number[] = [];
			for (const wereActive of [first, !first]) {
				await tasks.startDue(wereActive, () => {});
				counts.push(count);
			}
			expect(counts).toEqual(begun);
		}
	});
});

/** The same parts, which fail from the step with this number on. */
function cuttingOff(parts: BrokerParts, at: number) {
	let step = 0;
	const tick = () => {
		if (++step >= at) throw new Error('cut off');
	};
	const around =
		<Arguments extends unknown[], Answer>(work: (...given: Arguments) => Promise<Answer>) =>
		async (...given: Arguments): Promise<Answer> => {
			tick();
			const answer = await work(...given);
			tick();
			return answer;
		};
	const { plane, keyring, audit, rights, report } = parts;
	const cut: BrokerParts = {
		plane: {
			...plane,
			read: (firm, work) => around(() => plane.read(firm, work))(),
			// Includes the step between the last statement and the commit.
			write: (firm, work) => around(() => plane.write(firm, (tx) => around(() => work(tx))()))(),
		},
		keyring: {
			createGrant: around(keyring.createGrant),
			revokeGrant: around(keyring.revokeGrant),
			listGrants: around(keyring.listGrants),
			describeKey: around(keyring.describeKey),
		},
		audit: { append: around(audit.append) },
		rights: { verify: rights.verify, prover: around(rights.prover) },
		report,
	};
	return { parts: cut, isCut: () => step >= at };
}
