import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endLease } from '../../src/leases/index.ts';
import { openPlaneOf } from '../../src/wiring/index.ts';
import { until } from '../system/program.ts';
import { codes, type HttpStage, idOf, makeHttpStage } from './http-stage.ts';

let stage: HttpStage;
beforeAll(async () => {
	stage = await makeHttpStage();
	await stage.scene.installation.startBroker();
});
afterEach(() => stage?.endAll());
afterAll(() => stage?.scene.installation.close());

async function active(special: object = {}): Promise<string> {
	const { id } = await stage.approved(special);
	const { data } = await stage.leases.step(stage.people.operator, 'activate', id);
	expect(data.activateBreakGlass.lease.state).toBe('ACTIVE');
	return id;
}

const read = (lease: string, note: string) =>
	stage.scene.api.ask(stage.people.operator, `{ note(id: "${note}") { title } }`, {}, { 'x-firmseal-lease': lease });

describe('a revocation', () => {
	it('by an owner or an approver ends an approved, activating or active lease', async () => {
		for (const token of [stage.people.owner, stage.people.approver]) {
			const [agreed, used] = [(await stage.approved()).id, await active()];
			for (const id of [agreed, used]) {
				const { data } = await stage.leases.step(token, 'revoke', id);
				expect(data.revokeBreakGlass.lease).toMatchObject({ state: 'REVOKED', endedAt: expect.any(String) });
				expect(codes(await stage.leases.step(token, 'revoke', id))).toEqual(['CONFLICT']);
			}
		}
	});

	it('prevents any opening once it has returned', async () => {
		const note = await stage.scene.write({ title: 'the title' });
		const id = await active();
		expect((await read(id, note)).data.note.title).toBe('the title');
		await stage.leases.step(stage.people.owner, 'revoke', id);
		const answer = await read(id, note);
		expect(codes(answer)).toEqual(['LEASE_NOT_ACTIVE']);
		expect(answer.text).not.toContain('the title');
	});

	it('of a mere request denies it', async () => {
		const { id } = await stage.requested();
		const answer = await stage.leases.step(stage.people.owner, 'revoke', id);
		expect(codes(answer)).toEqual(['CONFLICT']);
		expect(answer.errors[0]?.message).toContain('deny');
		expect(await stage.stateOf(id)).toBe('REQUESTED');
	});

	it('by many at once, alongside a release, ends the lease once', async () => {
		for (let round = 0; round < 4; round++) {
			const id = await active();
			const answers = await Promise.all([
				stage.leases.step(stage.people.owner, 'revoke', id),
				stage.leases.step(stage.people.approver, 'revoke', id),
				stage.leases.step(stage.people.operator, 'release', id),
			]);
			expect(answers.flatMap(codes)).toEqual(['CONFLICT', 'CONFLICT']);
			const events = await stage.scene.admin`
				select to_state from lease_events where lease_id = ${id} and from_state = 'ACTIVE'`;
			expect(events).toHaveLength(1);
		}
	});

	it('that cannot be logged leaves the end mark: nothing opens, and the broker ends the lease', async () => {
		const note = await stage.scene.write({ title: 'the title' });
		const id = await active();
		await stage.scene.admin`revoke insert (id, firm_id, boot, sequence, leaf) on audit_entries from firmseal_firm`;
		const answer = await stage.leases.step(stage.people.owner, 'revoke', id);
		await stage.scene.admin`grant insert (id, firm_id, boot, sequence, leaf) on audit_entries to firmseal_firm`;
		expect(codes(answer)).toEqual(['AUDIT_UNAVAILABLE']);
		expect(codes(await read(id, note))).toEqual(['LEASE_NOT_ACTIVE']);
		await until(async () => (await stage.stateOf(id)) === 'REVOKED');
		const [event] = await stage.scene.admin`
			select acted_by from lease_events where lease_id = ${id} and to_state = 'REVOKED'`;
		expect(event).toEqual({ acted_by: null });
	});

	it('needs no key, only the rows and the log, and does nothing the second time', async () => {
		const id = await active();
		const plane = openPlaneOf(stage.scene.installation.database, 'firmseal_firm', 2);
		const actions: string[] = [];
		const services = { plane, record: async ({ action }: { action: string }) => void actions.push(action) };
		const ended = await endLease(services, { id, firmId: stage.firm.id }, 'REVOKED', idOf(stage.people.owner));
		expect(ended).toMatchObject({ state: 'REVOKED', actedBy: idOf(stage.people.owner) });
		expect(await endLease(services, { id, firmId: stage.firm.id }, 'REVOKED', null)).toBeNull();
		expect(actions).toEqual(['lease.revoke']);
		await plane.close();
	});
});

describe('a review', () => {
	const ended = async (): Promise<string> => {
		const id = await active();
		await stage.leases.step(stage.people.operator, 'release', id);
		return id;
	};

	it('needs a third person: neither the requester nor an approver, with any account', async () => {
		const id = await ended();
		const { installation } = stage.scene;
		const aliases = [await installation.addOperator('APPROVER'), await installation.addOperator('APPROVER')] as const;
		await stage.makeOnePerson(aliases[0], stage.people.operator);
		await stage.makeOnePerson(aliases[1], stage.people.approver);
		for (const token of [stage.people.owner, stage.people.approver, ...aliases]) {
			const answer = await stage.leases.step(token, 'review', id);
			expect(codes(answer)).toEqual(['FORBIDDEN']);
			expect(await stage.refusalsOf(answer)).toEqual([['request.deny', id, stage.firm.id]]);
		}
		const third = await installation.addOperator('APPROVER');
		const { data } = await stage.leases.step(third, 'review', id);
		expect(data.reviewBreakGlass.lease).toMatchObject({ isReviewed: true, reviewedById: idOf(third) });
		expect(codes(await stage.leases.step(third, 'review', id))).toEqual(['CONFLICT']);
	});

	it('may also be by an owner who took no part', async () => {
		const { id } = await stage.requested();
		await stage.leases.step(stage.people.operator, 'cancel', id);
		const { data } = await stage.leases.step(stage.people.owner, 'review', id);
		expect(data.reviewBreakGlass.lease).toMatchObject({ state: 'CANCELLED', reviewedById: idOf(stage.people.owner) });
	});

	it('needs an ended lease', async () => {
		const third = await stage.scene.installation.addOperator('APPROVER');
		for (const id of [(await stage.requested()).id, (await stage.approved()).id, await active()])
			expect(codes(await stage.leases.step(third, 'review', id))).toEqual(['CONFLICT']);
	});

	it('happens once if many review at the same time', async () => {
		const id = await ended();
		const thirds = await Promise.all([1, 2, 3].map(() => stage.scene.installation.addOperator('APPROVER')));
		const answers = await Promise.all(thirds.map((token) => stage.leases.step(token, 'review', id)));
		expect(answers.flatMap(codes)).toEqual(['CONFLICT', 'CONFLICT']);
		const notices = await stage.scene.admin`
			select 1 from notices where lease_id = ${id} and kind = 'LEASE_REVIEWED'`;
		expect(notices).toHaveLength(1);
	});
});

describe('an activation', () => {
	it('happens once if requested twice at once', async () => {
		const { id } = await stage.approved();
		const answers = await Promise.all([1, 2, 3].map(() => stage.leases.step(stage.people.operator, 'activate', id)));
		expect(answers.flatMap(codes)).toEqual(['CONFLICT', 'CONFLICT']);
		expect(await stage.stateOf(id)).toBe('ACTIVE');
	});

	it('is refused while the database’s clock is behind a time already seen', async () => {
		const { id } = await stage.approved();
		await stage.scene.admin`update clock_high_water_marks set at = clock_timestamp() + interval '1 minute'`;
		const answer = await stage.leases.step(stage.people.operator, 'activate', id);
		await stage.scene.admin`update clock_high_water_marks set at = clock_timestamp()`;
		expect(codes(answer)).toEqual(['CONFLICT']);
		expect(answer.errors[0]?.message).toContain('clock reset');
		expect(await stage.stateOf(id)).toBe('APPROVED');
	});
});
