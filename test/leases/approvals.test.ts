import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../support/person.ts';
import { codes, type HttpStage, idOf, makeHttpStage } from './http-stage.ts';

let stage: HttpStage;
beforeAll(async () => {
	stage = await makeHttpStage();
});
afterEach(() => stage?.endAll());
afterAll(() => stage?.scene.installation.close());

const minutesAgo = (minutes: number) => Math.floor(Date.now() / 1000) - minutes * 60;

/** Checks that it is refused, recorded with lease and firm, and without effect. */
async function expectRefused(token: Person, lease: { id: string; requestHash: string }, code: string): Promise<void> {
	const approvals = async () => stage.scene.admin`select * from lease_approvals where lease_id = ${lease.id}`;
	const before = [await stage.stateOf(lease.id), await approvals()];
	const answer = await stage.leases.approve(token, lease);
	expect(codes(answer)).toEqual([code]);
	expect([await stage.stateOf(lease.id), await approvals()]).toEqual(before);
	if (code === 'FORBIDDEN')
		expect(await stage.refusalsOf(answer)).toContainEqual(['request.deny', lease.id, stage.firm.id]);
}

describe('an own request is never approved', () => {
	it('by its requester, even if they are also an approver', async () => {
		const both = await stage.scene.installation.addOperator('OPERATOR', 'APPROVER');
		const lease = await stage.leases.requested(both, stage.firm.id);
		await expectRefused(both, lease, 'FORBIDDEN');
		expect(codes(await stage.leases.step(both, 'deny', lease.id))).toEqual(['FORBIDDEN']);
	});

	it('by a second account of the same person', async () => {
		const alias = await stage.scene.installation.addOperator('APPROVER');
		await stage.makeOnePerson(alias, stage.people.operator);
		const lease = await stage.requested();
		await expectRefused(alias, lease, 'FORBIDDEN');
		expect(codes(await stage.leases.step(alias, 'deny', lease.id))).toEqual(['FORBIDDEN']);
		await stage.leases.approve(stage.people.owner, lease);
		await stage.leases.approve(stage.people.approver, lease);
		expect(codes(await stage.leases.step(alias, 'revoke', lease.id))).toEqual(['FORBIDDEN']);
		expect(await stage.stateOf(lease.id)).toBe('APPROVED');
		// Also when no one may approve any more: the attempt is on record.
		await expectRefused(alias, lease, 'FORBIDDEN');
	});

	it('by the database, even if the application allows it', async () => {
		const alias = await stage.scene.installation.addOperator('APPROVER');
		await stage.makeOnePerson(alias, stage.people.operator);
		const lease = await stage.requested();
		const sql = stage.scene.installation.signIn('operator');
		const insert = sql.begin(async (tx) => {
			await tx`select set_config('role', 'firmseal_operator', true)`;
			await tx`insert into lease_approvals (lease_id, firm_id, side, user_id, request_hash, mac)
				values (${lease.id}, ${stage.firm.id}, 'PLATFORM', ${idOf(alias)}, ${Buffer.from(lease.requestHash, 'hex')}, ${Buffer.alloc(36)})`;
		});
		await expect(insert).rejects.toMatchObject({ code: '23000' });
	});
});

describe('an approval', () => {
	it('is given once by each account', async () => {
		await stage.leases.setPolicy(stage.people.owner, 'APPROVE', 2);
		const lease = await stage.requested();
		await stage.leases.approve(stage.people.approver, lease);
		await expectRefused(stage.people.approver, lease, 'CONFLICT');
		await stage.leases.setPolicy(stage.people.owner, 'APPROVE', 1);
	});

	it('counts persons, not accounts, towards the number that the policy requires', async () => {
		await stage.leases.setPolicy(stage.people.owner, 'APPROVE', 2);
		const alias = await stage.scene.installation.addOperator('APPROVER');
		await stage.makeOnePerson(alias, stage.people.approver);
		const lease = await stage.requested();
		await stage.leases.approve(stage.people.owner, lease);
		await stage.leases.approve(stage.people.approver, lease);
		expect(await stage.stateOf(lease.id)).toBe('REQUESTED');
		await expectRefused(alias, lease, 'FORBIDDEN');
		const third = await stage.scene.installation.addOperator('APPROVER');
		const { data } = await stage.leases.approve(third, lease);
		expect(data.approveBreakGlass.lease.state).toBe('APPROVED');
		await stage.leases.setPolicy(stage.people.owner, 'APPROVE', 1);
	});

	it('of the platform alone is enough for a firm that is only notified, and never counts for the firm itself', async () => {
		await stage.leases.setPolicy(stage.people.owner, 'NOTIFY');
		const told = await stage.requested();
		const { data } = await stage.leases.approve(stage.people.approver, told);
		expect(data.approveBreakGlass.lease.state).toBe('APPROVED');
		const firmsOnly = await stage.requested();
		await stage.leases.approve(stage.people.owner, firmsOnly);
		expect(await stage.stateOf(firmsOnly.id)).toBe('REQUESTED');
		await stage.leases.setPolicy(stage.people.owner, 'APPROVE');
	});

	it('contains the hash of exactly this request', async () => {
		const lease = await stage.requested();
		const other = await stage.requested({ minutes: 31 });
		expect(other.requestHash).not.toBe(lease.requestHash);
		for (const token of [stage.people.owner, stage.people.approver]) {
			await expectRefused(token, { ...lease, requestHash: other.requestHash }, 'CONFLICT');
			await expectRefused(token, { ...lease, requestHash: '0'.repeat(64) }, 'CONFLICT');
		}
	});

	it('by both sides at the same moment makes the lease APPROVED once', async () => {
		for (let round = 0; round < 8; round++) {
			const lease = await stage.requested();
			const answers = await Promise.all(
				[stage.people.owner, stage.people.approver].map((token) => stage.leases.approve(token, lease)),
			);
			expect(answers.flatMap(codes)).toEqual([]);
			expect(await stage.stateOf(lease.id)).toBe('APPROVED');
			await stage.leases.step(stage.people.owner, 'revoke', lease.id);
		}
	});

	it('that one account gives many times at once counts once', async () => {
		const lease = await stage.requested();
		const answers = await Promise.all(
			Array.from({ length: 6 }, () => stage.leases.approve(stage.people.approver, lease)),
		);
		expect(answers.flatMap(codes).sort()).toEqual(Array.from({ length: 5 }, () => 'CONFLICT'));
		const rows = await stage.scene.admin`select 1 from lease_approvals where lease_id = ${lease.id}`;
		expect(rows).toHaveLength(1);
	});
});

describe('a sign-in', () => {
	it.each([
		['older than five minutes', () => minutesAgo(6)],
		['in the future', () => minutesAgo(-60)],
		['before the epoch', () => -1],
		['that is not a number', () => 'now'],
	])('%s is not enough to approve', async (_, auth_time) => {
		const lease = await stage.requested();
		for (const token of [stage.people.owner, stage.people.approver])
			await expectRefused(await stage.signedIn(token, auth_time()), lease, 'FORBIDDEN');
		const { errors } = await stage.leases.approve(await stage.signedIn(stage.people.owner, auth_time()), lease);
		expect(errors[0]?.message).toContain('sign in again');
		// Nor is it enough to review an ended lease.
		await stage.leases.step(stage.people.operator, 'cancel', lease.id);
		const review = await stage.leases.step(await stage.signedIn(stage.people.owner, auth_time()), 'review', lease.id);
		expect([codes(review), review.errors[0]?.message]).toEqual([
			['FORBIDDEN'],
			'Reviewing a lease needs a sign-in of the last five minutes: sign in again, and repeat it.',
		]);
		expect(await stage.refusalsOf(review)).toContainEqual(['request.deny', lease.id, stage.firm.id]);
	});

	it('without a date in the token is not enough, and the refusal says which setting names the claim', async () => {
		const lease = await stage.requested();
		for (const token of [stage.people.owner, stage.people.approver]) {
			const undated = await stage.signedIn(token, undefined);
			await expectRefused(undated, lease, 'FORBIDDEN');
			const { errors } = await stage.leases.approve(undated, lease);
			expect(errors[0]?.message).toMatch(/^Approving a lease needs a fresh .+ in FIRMSEAL_AUTH_TIME_CLAIM\.$/);
		}
	});

	it('four minutes old is enough', async () => {
		const lease = await stage.requested();
		const owner = await stage.signedIn(stage.people.owner, minutesAgo(4));
		const approver = await stage.signedIn(stage.people.approver, minutesAgo(4));
		expect(codes(await stage.leases.approve(owner, lease))).toEqual([]);
		expect((await stage.leases.approve(approver, lease)).data.approveBreakGlass.lease.state).toBe('APPROVED');
	});

	it('of any age is enough to deny and to revoke', async () => {
		const owner = await stage.signedIn(stage.people.owner, minutesAgo(600));
		const [one, two] = [await stage.requested(), await stage.approved()];
		expect(codes(await stage.leases.step(owner, 'deny', one.id))).toEqual([]);
		expect(codes(await stage.leases.step(owner, 'revoke', two.id))).toEqual([]);
	});
});

describe('a request', () => {
	it('that SQL has changed after the first approval is refused to the second approver, and reported', async () => {
		const lease = await stage.requested();
		await stage.leases.approve(stage.people.owner, lease);
		await stage.unguarded('leases', (sql) => sql`update leases set classes = '{NOTE,BILLING}' where id = ${lease.id}`);
		const answer = await stage.leases.approve(stage.people.approver, lease);
		expect(codes(answer)).toEqual(['CONFLICT']);
		expect(await stage.refusalsOf(answer)).toEqual([['rights.refuse', lease.id, stage.firm.id]]);
		expect(await stage.stateOf(lease.id)).toBe('REQUESTED');
	});

	it('whose hash was changed along with it has no valid proof', async () => {
		const lease = await stage.requested();
		const other = await stage.requested({ classes: ['NOTE', 'BILLING'] });
		await stage.unguarded(
			'leases',
			(sql) =>
				sql`update leases l set request_mac = o.request_mac from leases o where l.id = ${lease.id} and o.id = ${other.id}`,
		);
		await expectRefused(stage.people.approver, lease, 'FORBIDDEN');
		expect(
			stage.scene.api.lines.filter((line) => line.includes(lease.id) && line.includes('could not be proven')),
		).toHaveLength(1);
	});

	it('whose justification was changed cannot be approved by those who read it', async () => {
		for (const change of [{ reason: 'Everything is in order, agree without reading on.' }, { ticket: 'SUP-1' }]) {
			const lease = await stage.requested();
			await stage.scene.admin`update lease_texts set ${stage.scene.admin(change)} where lease_id = ${lease.id}`;
			for (const token of [stage.people.owner, stage.people.approver]) await expectRefused(token, lease, 'FORBIDDEN');
		}
	});

	it('whose justification was erased cannot be approved', async () => {
		const lease = await stage.requested();
		await stage.scene.admin`delete from lease_texts where lease_id = ${lease.id}`;
		await expectRefused(stage.people.owner, lease, 'CONFLICT');
		expect(await stage.leases.see(stage.people.owner, lease.id)).toMatchObject({ reason: null, ticket: null });
	});

	it('older than a day can be neither approved nor used', async () => {
		const [asked, agreed] = [await stage.requested(), await stage.approved()];
		const ids = [asked.id, agreed.id];
		await stage.unguarded(
			'leases',
			(sql) => sql`update leases set requested_at = requested_at - interval '24 hours' where id in ${sql(ids)}`,
		);
		await expectRefused(stage.people.owner, asked, 'CONFLICT');
		expect(codes(await stage.leases.step(stage.people.operator, 'activate', agreed.id))).toEqual(['CONFLICT']);
	});

	it('of a firm whose policy SQL has changed needs the policy set again before an owner can approve', async () => {
		const lease = await stage.requested();
		await stage.scene.admin`update access_policies set policy = 'NOTIFY' where firm_id = ${stage.firm.id}`;
		const answer = await stage.leases.approve(stage.people.owner, lease);
		expect(codes(answer)).toEqual(['FORBIDDEN']);
		expect(await stage.refusalsOf(answer)).toContainEqual(['rights.refuse', null, stage.firm.id]);
		// Setting the same value writes the policy again, and ends what was approved under the forged one.
		expect(codes(await stage.leases.setPolicy(stage.people.owner, 'NOTIFY'))).toEqual([]);
		expect(codes(await stage.leases.approve(stage.people.owner, lease))).toEqual([]);
		await stage.leases.setPolicy(stage.people.owner, 'APPROVE');
	});
});

describe('an approver', () => {
	it('who has lost the role, or was disabled, approves nothing', async () => {
		const lease = await stage.requested();
		const former = await stage.scene.installation.addOperator('APPROVER');
		await stage.scene.admin`update operators set roles = '{AUDITOR}' where user_id = ${idOf(former)}`;
		// A change by SQL alone isn't proven, so the account has no rights at all.
		expect(codes(await stage.leases.approve(former, lease))).toEqual(['FORBIDDEN']);
		await stage.proofs.operator(idOf(former));
		expect(codes(await stage.leases.approve(former, lease))).toEqual(['FORBIDDEN']);
		await stage.scene
			.admin`update operators set roles = '{APPROVER}', disabled_at = now() where user_id = ${idOf(former)}`;
		await stage.proofs.operator(idOf(former));
		expect(codes(await stage.leases.approve(former, lease))).toEqual(['FORBIDDEN']);
		expect(await stage.scene.admin`select 1 from lease_approvals where lease_id = ${lease.id}`).toHaveLength(0);
	});
});
