import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../support/claims.ts';
import type { TestBroker } from '../support/installation.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { FORGERIES, unguarded } from './forgeries.ts';
import { provenRows } from './proven-rows.ts';
import { type LeaseStage, makeLeaseStage } from './stage.ts';

describe('the broker’s verification', () => {
	let stage: LeaseStage;
	let broker: TestBroker;
	const clock = steppedClock();
	beforeAll(async () => {
		stage = await makeLeaseStage();
		broker = await stage.installation.startBroker({}, { clock });
	});
	afterAll(() => stage.close());

	/** The lease's state after the broker's next round. */
	async function decided(lease: string): Promise<string> {
		await clock.advance(1_000);
		return stage.stateOf(lease);
	}
	const grantsOf = async (lease: string) => (await stage.grants()).filter((name) => name.includes(lease));

	/** `isForged`: a row is not proven, which is recorded and logged as an error. If false, a right was withdrawn properly. */
	async function expectRefused(lease: string, doubt: string, isForged: boolean) {
		expect(await decided(lease)).toBe('REVOKED');
		expect(await grantsOf(lease)).toEqual([]);
		const line = broker.lines.find((each) => each.includes(lease) && each.includes('a lease was refused'));
		expect(line && JSON.parse(line)).toMatchObject({ level: isForged ? 50 : 40, lease, firm: stage.firm.id });
		expect(line && JSON.parse(line).check.split(' ')).toContain(doubt);
		const refusals = (await stage.entries(lease)).filter(({ action }) => action === 'rights.refuse');
		expect(refusals).toMatchObject(isForged ? [{ decision: 'DENIED', plane: 'broker', records: [lease] }] : []);
	}

	it('accepts a valid lease, before all of this', async () => {
		const lease = await stage.activating();
		expect(await decided(lease)).toBe('ACTIVE');
	});

	it.each(FORGERIES)(
		'refuses and reports a lease if someone has changed $name',
		async ({ doubt, isUnproven = true, forge, undo }) => {
			const lease = await stage.approved();
			await forge(stage, lease);
			try {
				await stage.move(lease, 'ACTIVATING');
				await expectRefused(lease, doubt, isUnproven);
			} finally {
				await undo?.(stage);
			}
		},
	);

	it('refuses a lease that no one of the firm has approved, however its row became APPROVED', async () => {
		const lease = await stage.ask();
		await stage.agree(lease, 'PLATFORM', stage.people.approver);
		await stage.move(lease, 'APPROVED');
		await stage.move(lease, 'ACTIVATING');
		await expectRefused(lease, 'APPROVALS', false);
	});

	it('refuses a lease that no one of the platform has approved', async () => {
		const lease = await stage.ask();
		await stage.agree(lease, 'FIRM', stage.people.owner);
		await stage.move(lease, 'APPROVED');
		await stage.move(lease, 'ACTIVATING');
		await expectRefused(lease, 'APPROVALS', false);
	});

	it("does not count the approval of an owner created in SQL, even if the firm's own plane wrote it", async () => {
		const member = idOf(stage.firm.member);
		const lease = await stage.ask();
		await stage.agree(lease, 'PLATFORM', stage.people.approver);
		await unguarded(stage, 'memberships', `update memberships set role = 'OWNER' where user_id = $1`, [member]);
		try {
			await stage.agree(lease, 'FIRM', member);
			await stage.move(lease, 'APPROVED');
			await stage.move(lease, 'ACTIVATING');
			await expectRefused(lease, 'APPROVALS', true);
		} finally {
			await unguarded(stage, 'memberships', `update memberships set role = 'MEMBER' where user_id = $1`, [member]);
		}
	});

	it.each([
		{ what: 'two accounts of one person', isOnePerson: true },
		{ what: 'two persons, one recently introduced by the other', isOnePerson: false },
	])('counts $what once', async ({ isOnePerson }) => {
		const lease = await stage.ask();
		await stage.agree(lease, 'PLATFORM', stage.people.approver);
		await stage.agree(lease, 'PLATFORM', stage.people.second);
		await stage.agree(lease, 'FIRM', stage.people.owner);
		// Both accounts are proven, and the policy requires two approvals.
		const { setIntroduced, setPerson, setPolicy } = provenRows(stage);
		if (isOnePerson) await setPerson(stage.people.second, stage.persons.approver);
		else await setIntroduced(stage.people.second, [stage.persons.approver]);
		await setPolicy('APPROVE', 2);
		try {
			await stage.move(lease, 'APPROVED');
			await stage.move(lease, 'ACTIVATING');
			await expectRefused(lease, 'APPROVALS', false);
		} finally {
			if (isOnePerson) await setPerson(stage.people.second, stage.persons.second);
			else await setIntroduced(stage.people.second, []);
			await setPolicy('APPROVE', 1);
		}
	});

	it.each([
		{ lost: "the approver's role", who: 'approver', roles: ['AUDITOR'], active: true, doubt: 'APPROVALS' },
		{ lost: "the approver's account", who: 'approver', roles: ['APPROVER'], active: false, doubt: 'APPROVALS' },
		{ lost: "the requester's role", who: 'requester', roles: ['APPROVER'], active: true, doubt: 'REQUESTER' },
		{ lost: "the requester's account", who: 'requester', roles: ['OPERATOR'], active: false, doubt: 'REQUESTER' },
	] as const)(
		'refuses a lease without $lost, removed meanwhile by a permitted person',
		async ({ who, roles, active, doubt }) => {
			const { setOperator } = provenRows(stage);
			const lease = await stage.approved();
			await setOperator(stage.people[who], roles, active);
			try {
				await stage.move(lease, 'ACTIVATING');
				await expectRefused(lease, doubt, false);
			} finally {
				await setOperator(stage.people[who], [who === 'approver' ? 'APPROVER' : 'OPERATOR'], true);
			}
		},
	);

	it.each([
		{ lost: 'an owner who is a member now', role: 'MEMBER', active: true },
		{ lost: 'an owner who was removed', role: 'OWNER', active: false },
	] as const)('refuses a lease with the approval of $lost', async ({ role, active }) => {
		const { setMember } = provenRows(stage);
		const lease = await stage.approved();
		await setMember(stage.people.owner, role, active);
		try {
			await stage.move(lease, 'ACTIVATING');
			await expectRefused(lease, 'APPROVALS', false);
		} finally {
			await setMember(stage.people.owner, 'OWNER', true);
		}
	});

	it.each([
		['NEVER', 1],
		['APPROVE', 2],
	] as const)(
		'refuses a lease for which the proven policy %s with %d approvers requires more',
		async (policy, approvers) => {
			const { setPolicy } = provenRows(stage);
			const lease = await stage.approved();
			await setPolicy(policy, approvers);
			try {
				await stage.move(lease, 'ACTIVATING');
				await expectRefused(lease, 'APPROVALS', false);
			} finally {
				await setPolicy('APPROVE', 1);
			}
		},
	);

	it("starts without the firm's approval if the proven policy requires none", async () => {
		const { setPolicy } = provenRows(stage);
		await setPolicy('NOTIFY', 1);
		try {
			const lease = await stage.ask();
			await stage.agree(lease, 'PLATFORM', stage.people.approver);
			await stage.move(lease, 'APPROVED');
			await stage.move(lease, 'ACTIVATING');
			expect(await decided(lease)).toBe('ACTIVE');
		} finally {
			await setPolicy('APPROVE', 1);
		}
	});

	it('starts a lease with enough approvals besides a forged one, and reports that one', async () => {
		const lease = await stage.ask();
		for (const who of ['approver', 'second'] as const) await stage.agree(lease, 'PLATFORM', stage.people[who]);
		await stage.agree(lease, 'FIRM', stage.people.owner);
		const forged = `update lease_approvals set mac = request_mac from leases where id = lease_id and id = $1 and user_id = $2`;
		await unguarded(stage, 'lease_approvals', forged, [lease, stage.people.second]);
		await stage.move(lease, 'APPROVED');
		await stage.move(lease, 'ACTIVATING');
		expect(await decided(lease)).toBe('ACTIVE');
		const refusals = (await stage.entries(lease)).filter(({ action }) => action === 'rights.refuse');
		expect(refusals).toMatchObject([{ records: [stage.people.second] }]);
	});

	it('leaves a lease alone while someone is about to end it, and ends it if no one does', async () => {
		const lease = await stage.approved();
		await stage.installation.admin`insert into lease_ends (lease_id, firm_id) values (${lease}, ${stage.firm.id})`;
		await stage.move(lease, 'ACTIVATING');
		expect(await decided(lease)).toBe('ACTIVATING');
		await unguarded(
			stage,
			'lease_ends',
			`update lease_ends set ended_at = ended_at - interval '6 seconds' where lease_id = $1`,
			[lease],
		);
		expect(await decided(lease)).toBe('REVOKED');
		expect(await grantsOf(lease)).toEqual([]);
	});

	it('still accepts a valid lease, after all of this', async () => {
		const lease = await stage.activating();
		expect(await decided(lease)).toBe('ACTIVE');
	});
});
