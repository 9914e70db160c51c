import type { TransactionSql } from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openKeyring } from '../../src/wiring/index.ts';
import type { TestBroker } from '../support/installation.ts';
import { unguarded } from './forgeries.ts';
import { askBySql, moveAllBySql, withOpenTransaction } from './open-login-transaction.ts';
import { backdate, type LeaseStage, makeLeaseStage, until } from './stage.ts';

/** Longer than the broker waits for a row, pauses after a failure, or leaves a lease to the process that is ending it. */
const PATIENCE = 30_000;

let stage: LeaseStage;
let broker: TestBroker | null = null;
beforeAll(async () => {
	stage = await makeLeaseStage();
});
afterEach(() => broker?.stop());
afterAll(() => stage?.close());

async function start(): Promise<TestBroker> {
	broker = await stage.installation.startBroker();
	return broker;
}

const whileHeld = (lease: string, work: () => Promise<void>) =>
	withOpenTransaction(stage, 'operator', (tx) => tx`select from leases where id = ${lease} for update`, work);
const hasGrants = async (lease: string) => (await stage.grants()).some((name) => name.includes(lease));

describe('while the operator’s login locks the row of a lease, the broker', { timeout: 90_000 }, () => {
	it('removes its grants, if it had just ended', async () => {
		const first = await start();
		const lease = await stage.active();
		await first.stop();
		await stage.revoke(lease);
		expect(await hasGrants(lease)).toBe(true);
		await whileHeld(lease, async () => {
			await start();
			await until(async () => !(await hasGrants(lease)), PATIENCE);
			expect((await stage.find(lease)).clearedAt).toBeNull();
		});
		await until(async () => (await stage.find(lease)).clearedAt !== null, PATIENCE);
		const taken = (await stage.entries(lease)).filter(({ action }) => action === 'key.ungrant');
		expect(taken.length).toBeGreaterThan(0);
	});

	it('logs a forgery, although the lease cannot be moved', async () => {
		const lease = await stage.activating();
		await unguarded(
			stage,
			'lease_approvals',
			"update lease_approvals set mac = decode(repeat('01', 36), 'hex') where lease_id = $1",
			[lease],
		);
		await whileHeld(lease, async () => {
			const { lines } = await start();
			const refusals = async () => (await stage.entries(lease)).filter(({ action }) => action === 'rights.refuse');
			await until(async () => (await refusals()).length > 0, PATIENCE);
			expect(await refusals()).toMatchObject([{ decision: 'DENIED', plane: 'broker', records: [lease] }]);
			await until(async () => lines.some((line) => line.includes(lease) && line.includes('"level":50')));
			expect(await stage.stateOf(lease)).toBe('ACTIVATING');
		});
		await until(async () => (await stage.stateOf(lease)) === 'REVOKED', PATIENCE);
		expect(await hasGrants(lease)).toBe(false);
	});

	it('revokes the others of a firm whose key is disabled, and removes all grants', async () => {
		const keyring = await openKeyring(stage.installation.config, 'worker');
		await start();
		const held = await stage.active();
		const others = [await stage.active(), await stage.active()];
		try {
			await whileHeld(held, async () => {
				await keyring.disableKey(stage.firm.id);
				for (const other of others) await until(async () => (await stage.stateOf(other)) === 'REVOKED', PATIENCE);
				for (const each of [held, ...others]) await until(async () => !(await hasGrants(each)), PATIENCE);
			});
			await until(async () => (await stage.stateOf(held)) === 'REVOKED', PATIENCE);
		} finally {
			await keyring.enableKey(stage.firm.id);
		}
	});

	it('ends others in time, removes their grants and decides on others, however many rows are locked', async () => {
		const { admin, signIn } = stage.installation;
		await start();
		const [overdue, revoked] = [await stage.active(), await stage.active()];
		// These come before all others in the order of ids.
		const ids = Array.from({ length: 60 }, (_, n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`);
		const [cancelled, given, asked] = [ids.slice(0, 20), ids.slice(20, 40), ids.slice(40)];
		const asOperator = (tx: TransactionSql) => tx`set local role firmseal_operator`;
		await signIn('operator').begin(async (tx) => {
			await asOperator(tx);
			await askBySql(tx, { ids, firm: stage.firm.id, requester: stage.people.requester });
		});
		let held: Promise<void> = Promise.resolve();
		await signIn('operator').begin(async (tx) => {
			await asOperator(tx);
			await moveAllBySql(tx, cancelled, 'CANCELLED');
			await moveAllBySql(tx, given, 'APPROVED', 'REVOKED');
			await moveAllBySql(tx, asked, 'APPROVED', 'ACTIVATING');
			// Queued for the row locks, before the broker's next attempt.
			held = withOpenTransaction(
				stage,
				'operator',
				(next) => next`select from leases where id = any (${ids}) order by id for update`,
				async () => {
					await backdate(stage.installation, overdue, '1 hour');
					await stage.revoke(revoked);
					const next = await stage.activating();
					await until(async () => (await stage.stateOf(overdue)) === 'EXPIRED', PATIENCE);
					for (const each of [overdue, revoked])
						await until(async () => (await stage.find(each)).clearedAt !== null, PATIENCE);
					for (const each of [overdue, revoked]) expect(await hasGrants(each)).toBe(false);
					await until(async () => (await stage.stateOf(next)) === 'ACTIVE', PATIENCE);
					const [left] =
						await admin`select count(*)::int as count from leases where id = any (${ids}) and cleared_at is null`;
					expect(left?.count).toBe(ids.length);
				},
			);
			await until(async () => {
				const [row] = await admin`select count(*)::int as count from pg_stat_activity
					where datname = current_database() and wait_event_type = 'Lock' and query like '%for update'`;
				return row?.count === 1;
			});
		});
		await held;
		await until(async () => {
			const [left] =
				await admin`select count(*)::int as count from leases where id = any (${[...cancelled, ...given]}) and cleared_at is null`;
			return left?.count === 0;
		}, PATIENCE);
	});
});
