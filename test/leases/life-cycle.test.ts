import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Person, type Scene } from '../attacks/scene.ts';
import { idOf } from '../support/claims.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { type LeaseAnswer, leasesOver, type Step, wishOf } from './by-api.ts';

let scene: Scene;
let leases: ReturnType<typeof leasesOver>;
let people: Readonly<Record<'operator' | 'approver' | 'owner', Person>>;
beforeAll(async () => {
	scene = await makeScene();
	leases = leasesOver(scene.api.ask);
	people = { operator: scene.operator, approver: scene.approver, owner: scene.north.owner };
});
afterAll(() => scene?.installation.close());

const noticesOf = async (lease: string): Promise<string[]> => {
	const rows = await scene.admin`select kind from notices where lease_id = ${lease} order by created_at, id`;
	return rows.map(({ kind }) => kind);
};
const actionsOf = async (lease: string): Promise<string[]> =>
	(await scene.entries()).filter((entry) => entry.lease === lease).map(({ action }) => action);

describe('the life of a lease', () => {
	it('goes from the request to its review, each step with an event, an entry with the hash and a notice', async () => {
		const broker = await scene.installation.startBroker();
		const wish = { readBudget: 10, minutes: 15, coordinates: ['Note.title'] };
		const lease = await leases.requested(people.operator, scene.north.id, wish);
		expect(lease).toMatchObject({
			...wishOf(scene.north.id, wish),
			firm: { id: scene.north.id },
			state: 'REQUESTED',
			recordIds: null,
			requestedById: idOf(people.operator),
			requester: { id: idOf(people.operator) },
			approvals: [],
			activatedAt: null,
			expiresAt: null,
			endedAt: null,
			used: 0,
			isReviewed: false,
		});
		expect(lease.requestHash).toMatch(/^[0-9a-f]{64}$/);

		const afterOwner = await leases.approve(people.owner, lease);
		expect(afterOwner.errors).toEqual([]);
		expect(afterOwner.data.approveBreakGlass.lease).toMatchObject({
			state: 'REQUESTED',
			// The firm can't see the names of the platform's people.
			requester: null,
			approvals: [{ side: 'FIRM', userId: idOf(people.owner), user: { id: idOf(people.owner) } }],
		});
		const afterApprover = await leases.approve(people.approver, lease);
		expect(afterApprover.data.approveBreakGlass.lease).toMatchObject({
			state: 'APPROVED',
			approvals: [
				{ side: 'FIRM', user: null },
				{ side: 'PLATFORM', user: { id: idOf(people.approver) } },
			],
		});
		for (const { requestHash } of afterApprover.data.approveBreakGlass.lease.approvals)
			expect(requestHash).toBe(lease.requestHash);

		const activated = await leases.step(people.operator, 'activate', lease.id);
		const active: LeaseAnswer = activated.data.activateBreakGlass.lease;
		expect(active.state).toBe('ACTIVE');
		expect(Date.parse(active.expiresAt) - Date.parse(active.activatedAt)).toBe(15 * 60_000);

		const revoked = await leases.step(people.owner, 'revoke', lease.id);
		expect(revoked.data.revokeBreakGlass.lease).toMatchObject({ state: 'REVOKED', endedAt: expect.any(String) });
		const other = await scene.installation.addOperator('APPROVER');
		const reviewed = await leases.step(other, 'review', lease.id);
		expect(reviewed.data.reviewBreakGlass.lease).toMatchObject({
			state: 'REVOKED',
			isReviewed: true,
			reviewedById: idOf(other),
			reviewedAt: expect.any(String),
		});

		const { events } = await leases.see(people.operator, lease.id);
		expect(
			events.map(({ fromState, toState, actorId }: Record<string, string>) => [fromState, toState, actorId]),
		).toEqual([
			[null, 'REQUESTED', idOf(people.operator)],
			['REQUESTED', 'APPROVED', idOf(people.approver)],
			['APPROVED', 'ACTIVATING', idOf(people.operator)],
			['ACTIVATING', 'ACTIVE', null],
			['ACTIVE', 'REVOKED', idOf(people.owner)],
		]);
		expect(await noticesOf(lease.id)).toEqual([
			'LEASE_REQUESTED',
			'LEASE_APPROVED',
			'LEASE_ACTIVATED',
			'LEASE_ENDED',
			'LEASE_REVIEWED',
		]);
		const entries = (await scene.entries()).filter(
			(entry) => entry.lease === lease.id && entry.action.startsWith('lease.'),
		);
		expect(entries.map(({ action, plane, actor }) => [action, plane, actor.user])).toEqual([
			['lease.request', 'operator', idOf(people.operator)],
			['lease.approve', 'firm', idOf(people.owner)],
			['lease.approve', 'operator', idOf(people.approver)],
			['lease.activate', 'operator', idOf(people.operator)],
			['lease.start', 'broker', null],
			['lease.revoke', 'firm', idOf(people.owner)],
			['lease.review', 'operator', idOf(other)],
		]);
		for (const { hash, firm } of entries) expect([hash, firm]).toEqual([lease.requestHash, scene.north.id]);
		await broker.stop();
	});

	it('is the same if each plane is a process of its own', async () => {
		const { ask: firm } = await scene.installation.serve({ FIRMSEAL_PLANE: 'firm' });
		const { ask: platform } = await scene.installation.serve({ FIRMSEAL_PLANE: 'operator' });
		const [ofFirm, ofPlatform] = [leasesOver(firm), leasesOver(platform)];
		const broker = await scene.installation.startBroker();
		const cancelled = await ofPlatform.requested(people.operator, scene.north.id);
		const denied = await ofPlatform.requested(people.operator, scene.north.id);
		const used = await ofPlatform.requested(people.operator, scene.north.id);
		const third = await scene.installation.addOperator('APPROVER');
		const answers = [
			await ofPlatform.step(people.operator, 'cancel', cancelled.id),
			await ofPlatform.step(people.approver, 'deny', denied.id),
			await ofPlatform.approve(people.approver, used),
			await ofFirm.approve(people.owner, used),
			await ofPlatform.step(people.operator, 'activate', used.id),
			await ofPlatform.step(people.operator, 'release', used.id),
			await ofPlatform.step(third, 'review', used.id),
			await ofFirm.setPolicy(people.owner, 'NOTIFY'),
			await ofFirm.setPolicy(people.owner, 'APPROVE'),
		];
		expect(answers.flatMap(codes)).toEqual([]);
		expect(await ofFirm.see(people.owner, used.id)).toMatchObject({ state: 'RELEASED', isReviewed: true });
		// A person of one side gets nothing from the other side's server.
		expect(codes(await ofFirm.step(people.approver, 'review', cancelled.id))).toEqual(['FORBIDDEN']);
		expect(codes(await ofPlatform.step(people.owner, 'review', cancelled.id))).toEqual(['FORBIDDEN']);
		await broker.stop();
	});

	it('ends with a denial by either side', async () => {
		for (const token of [people.owner, people.approver]) {
			const lease = await leases.requested(people.operator, scene.north.id);
			const { data } = await leases.step(token, 'deny', lease.id);
			expect(data.denyBreakGlass.lease.state).toBe('DENIED');
			for (const again of [
				await leases.step(token, 'deny', lease.id),
				await leases.approve(people.approver, lease),
				await leases.step(people.operator, 'cancel', lease.id),
				await leases.step(people.operator, 'activate', lease.id),
				await leases.step(people.owner, 'revoke', lease.id),
			])
				expect(codes(again)).toEqual(['CONFLICT']);
			expect(await actionsOf(lease.id)).toEqual(['lease.request', 'lease.deny']);
			expect(await noticesOf(lease.id)).toEqual(['LEASE_REQUESTED', 'LEASE_DENIED']);
		}
	});

	it('ends when the requester cancels or releases it', async () => {
		const lease = await leases.requested(people.operator, scene.north.id);
		expect((await leases.step(people.operator, 'cancel', lease.id)).data.cancelBreakGlass.lease.state).toBe(
			'CANCELLED',
		);
		const broker = await scene.installation.startBroker();
		const next = await leases.approved(people, scene.north.id);
		expect(codes(await leases.step(people.operator, 'release', next.id))).toEqual(['CONFLICT']);
		await leases.step(people.operator, 'activate', next.id);
		const { data } = await leases.step(people.operator, 'release', next.id);
		expect(data.releaseBreakGlass.lease).toMatchObject({ state: 'RELEASED', endedAt: expect.any(String) });
		expect(await actionsOf(next.id)).toContain('lease.release');
		await broker.stop();
	});

	it('without a broker pauses at ACTIVATING after five seconds, and allows a revocation', async () => {
		const lease = await leases.approved(people, scene.north.id);
		const clock = steppedClock();
		const { ask } = await scene.installation.serve({}, { clock });
		const answer = leasesOver(ask).step(people.operator, 'activate', lease.id);
		await clock.asleep();
		await clock.advance(4_999);
		// It has polled again and is still waiting.
		await clock.asleep();
		await clock.advance(80);
		expect((await answer).data.activateBreakGlass.lease.state).toBe('ACTIVATING');
		expect(codes(await leases.step(people.operator, 'activate', lease.id))).toEqual(['CONFLICT']);
		expect((await leases.step(people.approver, 'revoke', lease.id)).data.revokeBreakGlass.lease.state).toBe('REVOKED');
	});
});

type Answer = Awaited<ReturnType<Scene['api']['ask']>>;
const codes = ({ errors }: Answer) => errors.map(({ extensions }) => extensions.code);

describe('a person without the right to a step', () => {
	const steps: readonly Step[] = ['deny', 'cancel', 'activate', 'release', 'revoke', 'review'];

	it.each(steps)('of another firm finds no lease to %s', async (name) => {
		const lease = await leases.requested(people.operator, scene.north.id);
		const answer = await leases.step(scene.harbour.owner, name, lease.id);
		expect(codes(answer)).toEqual(['cancel', 'activate', 'release'].includes(name) ? ['FORBIDDEN'] : ['NOT_FOUND']);
		expect((await leases.see(people.operator, lease.id)).state).toBe('REQUESTED');
		await leases.step(people.operator, 'cancel', lease.id);
	});

	it.each(['cancel', 'activate', 'release'] as const)('who is another operator cannot %s it', async (name) => {
		const other = await scene.installation.addOperator('OPERATOR');
		const lease = await leases.requested(people.operator, scene.north.id);
		const answer = await leases.step(other, name, lease.id);
		expect(codes(answer)).toEqual(['FORBIDDEN']);
		expect((await scene.entriesOf(answer)).map(({ action, lease: of, firm }) => [action, of, firm])).toEqual([
			['request.deny', lease.id, scene.north.id],
		]);
		await leases.step(people.operator, 'cancel', lease.id);
	});
});
