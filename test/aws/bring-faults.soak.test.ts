import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { activeLease } from '../support/leases.ts';
import { type BringStage, makeBringStage } from './bring-stage.ts';

vi.setConfig({ testTimeout: 120_000 });

describe('a change of a firm’s key under faults', () => {
	let stage: BringStage;
	beforeAll(async () => {
		stage = await makeBringStage('model', null);
		await stage.installation.startWorker({}, { propagationSeconds: 0 });
	});
	afterAll(() => stage?.close());

	const alias = (side = '') => `alias/firmseal/${side}${stage.north.id}`;
	const current = () => stage.namedBy(alias());
	const troubleOf = async (id: string) =>
		(await stage.installation.admin`select trouble from jobs where id = ${id}`)[0]?.trouble;
	const cancel = async (id: string) =>
		stage.installation.admin`update jobs set state = 'CANCELLED', ended_at = now() where id = ${id}`;
	const opens = async () => {
		for (const api of [...stage.apis, await stage.installation.serve()]) expect(await stage.readsAll(api)).toBe(true);
	};

	it('fails without permission to wrap under the key, releases it again, and accepts another one', async () => {
		const own = await stage.newKey();
		const before = await current();
		stage.front.refuse(({ operation }) => (operation === 'ReEncrypt' ? 'AccessDeniedException' : null));
		expect(await stage.end(await stage.change(stage.north, own))).toMatchObject({
			state: 'FAILED',
			trouble: 'NO_RIGHT',
		});
		stage.front.refuse(() => null);
		expect([await current(), await stage.namedBy(alias('next/')), await stage.tagsOf(own)]).toEqual([before, null, {}]);
		expect(await stage.under(stage.north)).toEqual([before]);
		await opens();
		const other = await stage.newKey();
		expect(await stage.end(await stage.change(stage.north, other))).toMatchObject({ state: 'DONE' });
		expect(await stage.under(stage.north)).toEqual([other]);
		expect(await stage.end(await stage.change(stage.north, null))).toMatchObject({ state: 'DONE' });
		await opens();
	});

	it('fails if the key has changed since the request, or the previous one refuses', async () => {
		const own = await stage.newKey();
		await stage.disable(own);
		expect(await stage.end(await stage.change(stage.north, own))).toMatchObject({
			state: 'FAILED',
			trouble: 'BAD_KEY',
		});
		await stage.enable(own);
		expect(await stage.end(await stage.change(stage.north, own))).toMatchObject({ state: 'DONE' });
		await stage.disable(own);
		// Keys cached before the change are dropped within a second.
		await expect.poll(() => stage.readsAll(stage.apis[0])).toBe(false);
		// No key can be opened, not even to verify proofs: the owner can’t approve, and an approved job waits.
		const before = await stage.under(stage.north);
		await expect(stage.change(stage.north, null)).rejects.toThrow();
		await stage.enable(own);
		const [waiting] = await stage.installation
			.admin`select id from jobs where kind = 'GIVE_BACK' and state = 'WAITING'`;
		await expect.poll(() => stage.approve(stage.north.owner, waiting?.id)).toBe('QUEUED');
		expect(await stage.end(waiting?.id)).toMatchObject({ state: 'DONE' });
		expect(await stage.under(stage.north)).not.toEqual(before);
		await opens();
	});

	it('waits while the key service is unavailable midway, and continues', async () => {
		const own = await stage.newKey();
		let calls = 0;
		stage.front.refuse(({ operation }) => {
			if (operation !== 'ReEncrypt') return null;
			calls += 1;
			return calls > 2 ? 'KMSInternalException' : null;
		});
		const job = await stage.change(stage.north, own);
		await stage.installation.workUntil(async () => (await troubleOf(job)) === 'KEY_UNAVAILABLE');
		await opens();
		expect(await stage.under(stage.north)).not.toContain(own);
		stage.front.refuse(() => null);
		expect(await stage.end(job)).toMatchObject({ state: 'DONE', trouble: null });
		expect(await stage.under(stage.north)).toEqual([own]);
		await opens();
	});

	it('stops where it is cancelled, every value still opens, and it continues if requested again', async () => {
		for (const operation of ['UpdateAlias', 'DeleteAlias']) {
			// The cancellation comes while the key is given back: after all data keys are stored, or after the alias has moved.
			stage.front.refuse((call) => (call.operation === operation ? 'KMSInternalException' : null));
			const job = await stage.change(stage.north, null);
			await stage.installation.workUntil(async () => (await troubleOf(job)) === 'KEY_UNAVAILABLE');
			await cancel(job);
			await opens();
			expect((await stage.under(stage.north)).length).toBe(1);
			stage.front.refuse(() => null);
			await opens();
			expect(await stage.end(await stage.change(stage.north, null))).toMatchObject({ state: 'DONE' });
			expect([[await current()], await stage.namedBy(alias('next/')), await stage.namedBy(alias('previous/'))]).toEqual(
				[await stage.under(stage.north), null, null],
			);
			await opens();
			expect(await stage.end(await stage.change(stage.north, await stage.newKey()))).toMatchObject({ state: 'DONE' });
		}
	});

	it('includes disabled versions, and leaves no row under the previous key', async () => {
		const { installation, north } = stage;
		const own = (await stage.under(north))[0];
		// A disabled version must open again when it is enabled.
		await installation.admin`update data_keys set state = 'RETIRED' where firm_id = ${north.id} and class = 'NOTE' and state = 'ACTIVE'`;
		await installation.admin`update data_keys set state = 'DISABLED' where firm_id = ${north.id} and class = 'NOTE' and state = 'RETIRED'`;
		expect(await stage.end(await stage.change(north, null))).toMatchObject({ state: 'DONE' });
		const rows = await installation.admin`select class, state, key_id from data_keys where firm_id = ${north.id}`;
		expect(rows.some(({ state }) => state === 'DISABLED')).toBe(true);
		for (const row of rows) expect(row.key_id).toBe(await current());
		expect(await current()).not.toBe(own);
		await installation.admin`update data_keys set state = 'ACTIVE' where firm_id = ${north.id} and class = 'NOTE' and state = 'DISABLED'`;
		await opens();
	});

	it('waits for an active lease to end before it releases the key of the lease’s grants', async () => {
		const { installation, north, apis } = stage;
		await installation.startBroker();
		const operator = await installation.addOperator('OPERATOR');
		const approver = await installation.addOperator('APPROVER');
		const lease = await activeLease({ ask: apis[0].ask, firm: north, operator, approver });
		const before = await current();
		const job = await stage.change(north, await stage.newKey());
		await stage.installation.workUntil(async () => (await troubleOf(job)) === 'LEASES_OPEN');
		expect([await stage.namedBy(alias('previous/')), await stage.stateOf(before ?? '')]).toEqual([before, 'Enabled']);
		await opens();
		const release = 'mutation ($id: ID!) { releaseBreakGlass(leaseId: $id) { lease { state } } }';
		expect((await apis[0].ask(operator, release, { id: lease.id })).errors).toEqual([]);
		expect(await stage.end(job)).toMatchObject({ state: 'DONE', trouble: null });
		expect([await stage.namedBy(alias('previous/')), await stage.stateOf(before ?? '')]).toEqual([
			null,
			'PendingDeletion',
		]);
	});
});
