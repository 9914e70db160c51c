import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activationStatement } from '../../src/access/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { hexOf } from '../../src/leases/request-hash.ts';
import { openKeyring } from '../../src/wiring/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import type { TestBroker } from '../support/installation.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { leasesOver } from './by-api.ts';
import { unguarded } from './forgeries.ts';
import { withOpenTransaction } from './open-login-transaction.ts';
import { backdate, type LeaseStage, makeLeaseStage } from './stage.ts';

describe('the broker', () => {
	let stage: LeaseStage;
	let broker: TestBroker;
	const clock = steppedClock();
	beforeAll(async () => {
		stage = await makeLeaseStage();
		broker = await stage.installation.startBroker({}, { clock });
	});
	afterAll(() => stage.close());

	/** Runs the broker's next round and its tasks. */
	async function becomes(lease: string, state: string): Promise<void> {
		await clock.advance(1_000);
		expect(await stage.stateOf(lease)).toBe(state);
	}
	async function isCleared(lease: string): Promise<void> {
		await clock.advance(1_000);
		expect((await stage.find(lease)).clearedAt).not.toBeNull();
		await hasGrants(lease);
	}
	const hasGrants = async (lease: string, ...classes: string[]) =>
		expect((await stage.grants()).filter((name) => name.includes(lease))).toEqual(
			classes.map((each) => `bg-${lease}-${each}`).sort(),
		);

	it('activates a valid lease: a grant for each class, a proof with the time, and log entries of both', async () => {
		const lease = await stage.activating({ classes: ['NOTE', 'BILLING'], minutes: 7 });
		await becomes(lease, 'ACTIVE');
		await hasGrants(lease, 'NOTE', 'BILLING');
		const { activatedAt, expiresAt, activationMac, requestHash } = await stage.find(lease);
		if (!activatedAt || !expiresAt) throw new Error('no times');
		expect(expiresAt.getTime() - activatedAt.getTime()).toBe(7 * 60_000);
		const statement = { lease, firm: stage.firm.id, requestHash: hexOf(requestHash), activatedAt, expiresAt };
		const { config, database } = stage.installation;
		const holds = await withAdminContext(config, database, ({ rights }) =>
			rights.verify(PLATFORM_FIRM_ID, activationStatement(statement), activationMac),
		);
		expect(holds).toBe(true);
		const entries = (await stage.entries(lease)).filter(({ plane }) => plane === 'broker');
		expect(entries.map(({ action }) => action)).toEqual(['key.grant', 'lease.start']);
	});

	it('activates nothing that no one has activated', async () => {
		const asked = await stage.ask();
		const approved = await stage.approved();
		await becomes(asked, 'REQUESTED');
		await becomes(approved, 'APPROVED');
		await hasGrants(asked);
		await hasGrants(approved);
	});

	it('removes the grants of a revoked lease in its next round, and records that on the lease', async () => {
		const lease = await stage.activating();
		await becomes(lease, 'ACTIVE');
		await stage.revoke(lease);
		await isCleared(lease);
		expect((await stage.entries(lease)).map(({ action }) => action)).toContain('key.ungrant');
	});

	it('activates during the request, and removes the grants once an owner has revoked', async () => {
		const waiting = steppedClock();
		const { ask } = await stage.installation.serve({}, { clock: waiting });
		const leases = leasesOver(ask);
		const { requester: operator, approver, owner } = stage.tokens;
		const { id } = await leases.approved({ operator, approver, owner }, stage.firm.id);
		const activating = leases.step(operator, 'activate', id);
		await waiting.asleep();
		await becomes(id, 'ACTIVE');
		await waiting.advance(80);
		expect((await activating).data.activateBreakGlass.lease.state).toBe('ACTIVE');
		await hasGrants(id, 'NOTE');
		const { data } = await leases.step(owner, 'revoke', id);
		expect(data?.revokeBreakGlass.lease.state).toBe('REVOKED');
		await isCleared(id);
	});

	it('ends a lease that is used up, with its grants', async () => {
		const lease = await stage.activating({ readBudget: 3 });
		await becomes(lease, 'ACTIVE');
		const { admin } = stage.installation;
		await admin`update lease_budgets set used = 3, used_at = now() where lease_id = ${lease}`;
		// The last answer may still be in transfer.
		await becomes(lease, 'ACTIVE');
		await admin`update lease_budgets set used_at = now() - interval '6 seconds' where lease_id = ${lease}`;
		await becomes(lease, 'EXHAUSTED');
		await isCleared(lease);
		expect((await stage.entries(lease)).map(({ action }) => action)).toContain('lease.exhaust');
	});

	it('ends a lease when it expires', async () => {
		const lease = await stage.activating({ minutes: 1 });
		await becomes(lease, 'ACTIVE');
		await backdate(stage.installation, lease, '2 minutes');
		await becomes(lease, 'EXPIRED');
		await isCleared(lease);
		expect((await stage.entries(lease)).map(({ action }) => action)).toContain('lease.expire');
	});

	it('lets requests lapse that have been unused for a day, without a call to the key service', async () => {
		const leases = [await stage.ask(), await stage.approved()];
		for (const lease of leases) await backdate(stage.installation, lease, '24 hours');
		for (const lease of leases) {
			await becomes(lease, 'LAPSED');
			await isCleared(lease);
			expect((await stage.entries(lease)).map(({ action }) => action)).toEqual(['lease.lapse']);
		}
	});

	it('ends a lease that was marked and never moved', async () => {
		const lease = await stage.activating();
		await becomes(lease, 'ACTIVE');
		const { admin } = stage.installation;
		await admin`insert into lease_ends (lease_id, firm_id) values (${lease}, ${stage.firm.id})`;
		// The process that set the mark may still be waiting for readers.
		await becomes(lease, 'ACTIVE');
		await unguarded(
			stage,
			'lease_ends',
			`update lease_ends set ended_at = ended_at - interval '6 seconds' where lease_id = $1`,
			[lease],
		);
		await becomes(lease, 'REVOKED');
		expect(broker.lines.join()).toContain('the process that was ending it did not finish');
	});

	it('marks once a refused lease whose row is locked, which then delays no change of the firm’s key', async () => {
		const { admin } = stage.installation;
		const job = uuidv7();
		await admin`insert into jobs (id, firm_id, kind, state, asked_on, asked_at, mac)
			values (${job}, ${stage.firm.id}, 'REWRAP', 'RUNNING', 'cli', now(), decode(repeat('00', 36), 'hex'))`;
		const isHeldBack = () =>
			stage.installation.signIn('worker').begin(async (tx) => {
				await tx`select set_config('role', 'firmseal_maintenance', true), set_config('firmseal.job', ${job}, true)`;
				return (await tx`select lease_may_have_grants() as is_held`)[0]?.is_held;
			});
		await becomes(await stage.activating(), 'ACTIVE');
		for (const { id } of await admin`select id from leases where state = 'ACTIVE'`) await stage.revoke(id);
		// Its grants exist until the broker's next round.
		expect(await isHeldBack()).toBe(true);
		await clock.advance(1_000);
		expect(await isHeldBack()).toBe(false);
		const lease = await stage.ask();
		for (const state of ['APPROVED', 'ACTIVATING'] as const) await stage.move(lease, state);
		expect(await isHeldBack()).toBe(true);
		await withOpenTransaction(
			stage,
			'operator',
			(tx) => tx`select from leases where id = ${lease} for update`,
			async () => {
				await clock.advance(1_000);
				const marks = () => admin`select ended_at from lease_ends where lease_id = ${lease}`;
				expect(await marks()).toHaveLength(1);
				await unguarded(
					stage,
					'lease_ends',
					`update lease_ends set ended_at = ended_at - interval '61 seconds' where lease_id = $1`,
					[lease],
				);
				for (let looks = 0; looks < 3; looks++) await clock.advance(5_000);
				expect(await marks()).toHaveLength(1);
				expect(await stage.stateOf(lease)).toBe('ACTIVATING');
				expect(await isHeldBack()).toBe(false);
			},
		);
		await clock.advance(5_000);
		expect(await stage.stateOf(lease)).toBe('REVOKED');
		await admin`update jobs set state = 'DONE', ended_at = now() where id = ${job}`;
	});

	it('revokes the leases of a firm whose key is disabled, and activates none', async () => {
		const { config } = stage.installation;
		const keyring = await openKeyring(config, 'worker');
		const active = await stage.activating();
		await becomes(active, 'ACTIVE');
		const approved = await stage.approved();
		await keyring.disableKey(stage.firm.id);
		try {
			await becomes(active, 'REVOKED');
			await isCleared(active);
			await stage.move(approved, 'ACTIVATING');
			await becomes(approved, 'REVOKED');
			expect((await stage.entries(active)).map(({ action }) => action)).not.toContain('rights.refuse');
		} finally {
			await keyring.enableKey(stage.firm.id);
		}
	});

	it('removes grants, checks keys and raises the clock’s high-water mark while its check for leases fails', async () => {
		const { admin, config } = stage.installation;
		const keyring = await openKeyring(config, 'worker');
		const [revoked, active] = [await stage.activating(), await stage.activating()];
		for (const lease of [revoked, active]) await becomes(lease, 'ACTIVE');
		// Like a query that exceeds the statement timeout.
		await admin`revoke select on lease_budgets from firmseal_broker`;
		try {
			await stage.revoke(revoked);
			const [mark] = await admin`select at from clock_high_water_marks`;
			await clock.advance(60_000);
			await hasGrants(revoked);
			expect((await stage.find(revoked)).clearedAt).toBeNull();
			expect((await admin`select at from clock_high_water_marks where at > ${mark?.at}`).length).toBe(1);
			expect(broker.lines.join()).toContain('the broker failed: retrying');
			await keyring.disableKey(stage.firm.id);
			await becomes(active, 'REVOKED');
			await hasGrants(active, 'NOTE');
		} finally {
			await keyring.enableKey(stage.firm.id);
			await admin`grant select on lease_budgets to firmseal_broker`;
		}
		for (const lease of [revoked, active]) await isCleared(lease);
	});

	it('does not start if its direct URL signs in as another process', async () => {
		const { installation } = stage;
		const direct = { FIRMSEAL_DIRECT_DATABASE_URL: installation.env.FIRMSEAL_OPERATOR_DATABASE_URL ?? '' };
		await expect(installation.startBroker(direct)).rejects.toThrow(
			'FIRMSEAL_DIRECT_DATABASE_URL must sign in with the same login as FIRMSEAL_BROKER_DATABASE_URL',
		);
	});

	it('has logged that it runs, and logs no value', async () => {
		const rows = await stage.installation
			.admin`select leaf from audit_entries where leaf::jsonb ->> 'action' = 'process.start' and leaf::jsonb ->> 'plane' = 'broker'`;
		expect(rows.length).toBeGreaterThan(0);
		expect(broker.lines.join()).not.toMatch(/SUP-1|October/);
	});
});
