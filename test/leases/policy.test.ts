import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { codes, type HttpStage, idOf, makeHttpStage } from './http-stage.ts';

let stage: HttpStage;
beforeAll(async () => {
	stage = await makeHttpStage();
	await stage.scene.installation.startBroker();
});
afterEach(async () => {
	await stage?.leases.setPolicy(stage.people.owner, 'APPROVE', 1);
	await stage?.endAll();
});
afterAll(() => stage?.scene.installation.close());

const set = (policy: string, approvers = 1) => stage.leases.setPolicy(stage.people.owner, policy, approvers);
const policyRow = async () =>
	(await stage.scene.admin`select * from access_policies where firm_id = ${stage.firm.id}`)[0];

async function active(): Promise<string> {
	const { id } = await stage.approved();
	const { data } = await stage.leases.step(stage.people.operator, 'activate', id);
	expect(data.activateBreakGlass.lease.state).toBe('ACTIVE');
	return id;
}

/** One lease in each open state. */
async function everyOpen() {
	return {
		requested: (await stage.requested()).id,
		approved: (await stage.approved()).id,
		active: await active(),
	};
}

const statesOf = async (ids: Readonly<Record<string, string>>) =>
	Object.fromEntries(await Promise.all(Object.entries(ids).map(async ([name, id]) => [name, await stage.stateOf(id)])));

describe('a policy', () => {
	it('is set by an owner, with a notice to the owners and a log entry', async () => {
		const answer = await set('NOTIFY', 3);
		expect(answer.data.setFirmAccessPolicy.firm).toEqual({
			id: stage.firm.id,
			accessPolicy: { policy: 'NOTIFY', approvers: 3 },
		});
		const entries = await stage.scene.entriesOf(answer);
		expect(entries.map(({ action, firm, actor }) => [action, firm, actor.user])).toEqual([
			['policy.change', stage.firm.id, idOf(stage.people.owner)],
		]);
		const [notice] = await stage.scene.admin`
			select kind, audience, actor_id from notices where firm_id = ${stage.firm.id} order by created_at desc, id desc limit 1`;
		expect(notice).toEqual({ kind: 'ACCESS_POLICY_CHANGED', audience: 'OWNERS', actor_id: idOf(stage.people.owner) });
	});

	it('set to its current value leaves no trace', async () => {
		const before = await policyRow();
		const answer = await set('APPROVE', 1);
		expect(codes(answer)).toEqual([]);
		expect(await stage.scene.entriesOf(answer)).toEqual([]);
		expect(await policyRow()).toEqual(before);
	});

	it('belongs to one firm: another firm’s is unchanged', async () => {
		await set('NEVER');
		const other = await stage.leases.requested(stage.people.operator, stage.scene.harbour.id);
		expect(other.state).toBe('REQUESTED');
		await stage.leases.step(stage.people.operator, 'cancel', other.id);
	});

	it('changes nothing if the log is not writable', async () => {
		const before = await policyRow();
		const open = await everyOpen();
		await stage.scene.admin`revoke insert (id, firm_id, boot, sequence, leaf) on audit_entries from firmseal_firm`;
		const answer = await set('NEVER');
		await stage.scene.admin`grant insert (id, firm_id, boot, sequence, leaf) on audit_entries to firmseal_firm`;
		expect(codes(answer)).toEqual(['AUDIT_UNAVAILABLE']);
		expect(await policyRow()).toEqual(before);
		expect(await statesOf(open)).toEqual({ requested: 'REQUESTED', approved: 'APPROVED', active: 'ACTIVE' });
	});
});

describe('an old or undated sign-in', () => {
	const owner = (auth_time?: number) => stage.signedIn(stage.people.owner, auth_time);
	const old = () => Math.floor(Date.now() / 1000) - 360;

	it('is not enough for a looser policy, and the refusal is logged', async () => {
		await set('APPROVE', 2);
		for (const [token, why] of [
			[await owner(old()), /^A looser access policy needs a sign-in of the last five minutes/],
			[await owner(), /FIRMSEAL_AUTH_TIME_CLAIM/],
		] as const)
			for (const [policy, approvers] of [
				['NOTIFY', 2],
				['APPROVE', 1],
				['NEVER', 1],
			] as const) {
				const answer = await stage.leases.setPolicy(token, policy, approvers);
				expect([codes(answer), answer.errors[0]?.message]).toEqual([['FORBIDDEN'], expect.stringMatching(why)]);
				expect(await stage.refusalsOf(answer)).toEqual([['request.deny', null, stage.firm.id]]);
			}
		expect(await policyRow()).toMatchObject({ policy: 'APPROVE', approvers: 2 });
	});

	it('is enough for a tighter one', async () => {
		expect(codes(await stage.leases.setPolicy(await owner(old()), 'APPROVE', 2))).toEqual([]);
		expect(codes(await stage.leases.setPolicy(await owner(), 'NEVER', 2))).toEqual([]);
		expect(await policyRow()).toMatchObject({ policy: 'NEVER', approvers: 2 });
	});
});

describe('a tighter policy', () => {
	it('NEVER ends everything that is open, and permits no request', async () => {
		const open = await everyOpen();
		const elsewhere = await stage.leases.requested(stage.people.operator, stage.scene.harbour.id);
		expect(codes(await set('NEVER'))).toEqual([]);
		expect(await statesOf(open)).toEqual({ requested: 'DENIED', approved: 'REVOKED', active: 'REVOKED' });
		expect(await stage.stateOf(elsewhere.id)).toBe('REQUESTED');
		await stage.leases.step(stage.people.operator, 'cancel', elsewhere.id);
		const { admin } = stage.scene;
		const rows = () => admin`
			select count(*), (select count(*) from lease_texts) as texts, (select count(*) from notices) as notices from leases`;
		const before = await rows();
		const answer = await stage.leases.request(stage.people.operator, stage.firm.id);
		expect(codes(answer)).toEqual(['FORBIDDEN']);
		expect(answer.errors[0]?.message).toContain('NEVER');
		expect(await rows()).toEqual(before);
		expect(await stage.refusalsOf(answer)).toEqual([['request.deny', null, stage.firm.id]]);
	});

	it.each([
		['more approvers', 'APPROVE', 2],
		['the firm’s own approval', 'APPROVE', 1],
	] as const)('that requires %s revokes approved leases, and lets requests wait', async (what, policy, approvers) => {
		if (what !== 'more approvers') await set('NOTIFY');
		const open = await everyOpen();
		const answer = await set(policy, approvers);
		expect(codes(answer)).toEqual([]);
		expect(await statesOf(open)).toEqual({ requested: 'REQUESTED', approved: 'REVOKED', active: 'REVOKED' });
		const entries = await stage.scene.entriesOf(answer);
		expect(entries.map(({ action, lease }) => [action, lease]).sort()).toEqual(
			[
				['policy.change', null],
				['lease.revoke', open.approved],
				['lease.revoke', open.active],
			].sort(),
		);
	});

	it('ends a lease activated at the same moment, whichever comes first', async () => {
		for (let round = 0; round < 5; round++) {
			const { id } = await stage.approved();
			await Promise.all([stage.leases.step(stage.people.operator, 'activate', id), set('APPROVE', 2)]);
			expect(await stage.stateOf(id)).toBe('REVOKED');
			await set('APPROVE', 1);
		}
	});

	it('ends a lease approved at the same moment, or leaves it a request', async () => {
		for (let round = 0; round < 5; round++) {
			await set('NOTIFY');
			const lease = await stage.requested();
			await Promise.all([stage.leases.approve(stage.people.approver, lease), set('APPROVE')]);
			expect(['REQUESTED', 'REVOKED']).toContain(await stage.stateOf(lease.id));
			await stage.endAll();
		}
	});
});

describe('a looser policy', () => {
	it('ends nothing', async () => {
		await set('APPROVE', 1);
		const open = await everyOpen();
		await set('NOTIFY', 1);
		expect(await statesOf(open)).toEqual({ requested: 'REQUESTED', approved: 'APPROVED', active: 'ACTIVE' });
	});
});

describe('a policy inserted in SQL', () => {
	it('is not used by the broker, and ends with all its leases when an owner sets one', async () => {
		await stage.scene.admin`update access_policies set policy = 'NOTIFY' where firm_id = ${stage.firm.id}`;
		const lease = await stage.requested();
		await stage.leases.approve(stage.people.approver, lease);
		expect(await stage.stateOf(lease.id)).toBe('APPROVED');
		const { data } = await stage.leases.step(stage.people.operator, 'activate', lease.id);
		expect(data.activateBreakGlass.lease.state).toBe('REVOKED');

		const next = await stage.requested();
		await stage.leases.approve(stage.people.approver, next);
		await set('NOTIFY');
		expect(await stage.stateOf(next.id)).toBe('REVOKED');
	});

	it('or deleted permits no request', async () => {
		const row = await policyRow();
		await stage.scene.admin`delete from access_policies where firm_id = ${stage.firm.id}`;
		expect(codes(await stage.leases.request(stage.people.operator, stage.firm.id))).toEqual(['FORBIDDEN']);
		await stage.scene.admin`insert into access_policies ${stage.scene.admin(row as never)}`;
	});
});

describe('Firm.accessPolicy', () => {
	it('is visible to owners, operators and approvers', async () => {
		const { scene } = stage;
		const query = `{ firm(id: "${stage.firm.id}") { accessPolicy { policy approvers } } }`;
		const seen = { policy: 'APPROVE', approvers: 1 };
		for (const token of [stage.firm.owner, scene.operator, scene.approver])
			expect((await scene.api.ask(token, query)).data.firm.accessPolicy).toEqual(seen);
		for (const token of [stage.firm.member, stage.firm.client, scene.auditor])
			expect((await scene.api.ask(token, query)).data.firm.accessPolicy).toBeNull();
	});
});
