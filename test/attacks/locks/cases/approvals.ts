import { leasesOver } from '../../../leases/by-api.ts';
import { unguarded } from '../../../leases/forgeries.ts';
import { provenRows } from '../../../leases/proven-rows.ts';
import { claimsOf, type Person } from '../../scene.ts';
import type { LockArea } from '../case.ts';
import { asRole, forceApproval, making, toActivating } from '../irregular-lease.ts';
import { introducedApprover, mergePersons, secondAccount, separatePersons } from '../persons.ts';
import type { LockStage } from '../stage.ts';
import { ownTitle } from './inactive-leases.ts';

const apis = (stage: LockStage) => leasesOver(stage.api.ask);
const hashOf = async (stage: LockStage, lease: string) => ({
	id: lease,
	requestHash: Buffer.from((await stage.find(lease)).requestHash).toString('hex'),
});
const approveAs = async (stage: LockStage, token: Person, lease: string) =>
	apis(stage).approve(token, await hashOf(stage, lease));

/** An operator who is also an approver, and a request of theirs. */
async function askedByBoth(stage: LockStage) {
	const token = await stage.installation.addOperator('OPERATOR', 'APPROVER');
	const { id } = await apis(stage).requested(token, stage.firm.id);
	return { token, id, user: claimsOf(token).sub };
}

const REFUSED = 'FORBIDDEN; by SQL a trigger; past that, the broker revokes';
const inNorth = ({ firm }: LockStage) => firm.id;

/** The requester of each lease. */
const askers = new Map<string, Person>();

export const approvals: LockArea = {
	title: 'Approvals of a lease',
	cases: [
		making({
			attack: 'An operator who is also an approver approves the own request',
			expected: REFUSED,
			gates: ['use case', 'trigger', 'broker'],
			isUnproven: false,
			tries: {
				async 'use case'(stage) {
					const { token, id } = await askedByBoth(stage);
					return approveAs(stage, token, id);
				},
				async trigger(stage) {
					const { id, user } = await askedByBoth(stage);
					return stage.agree(id, 'PLATFORM', user);
				},
			},
			async build(stage) {
				const { id, token, user } = await askedByBoth(stage);
				askers.set(id, token);
				await forceApproval(stage, id, 'PLATFORM', user);
				await stage.agree(id, 'FIRM', stage.people.owner);
				return toActivating(stage, id);
			},
			wants: (stage, lease) => ownTitle(stage, lease, askers.get(lease)),
		}),
		making({
			attack: 'The requester approves with a second account, whose rows all have valid MACs',
			expected: REFUSED,
			gates: ['use case', 'trigger', 'broker'],
			isUnproven: false,
			tries: {
				'use case': async (stage) => approveAs(stage, await secondAccount(stage), await stage.ask()),
				async trigger(stage) {
					return stage.agree(await stage.ask(), 'PLATFORM', claimsOf(await secondAccount(stage)).sub);
				},
			},
			async build(stage) {
				const lease = await stage.ask();
				await forceApproval(stage, lease, 'PLATFORM', claimsOf(await secondAccount(stage)).sub);
				await stage.agree(lease, 'FIRM', stage.people.owner);
				return toActivating(stage, lease);
			},
			wants: ownTitle,
		}),
		making({
			attack: 'An approver approves whom the requester introduced less than 30 days ago',
			expected: REFUSED,
			gates: ['use case', 'trigger', 'broker'],
			isUnproven: false,
			tries: {
				'use case': async (stage) => approveAs(stage, await introducedApprover(stage), await stage.ask()),
				async trigger(stage) {
					return stage.agree(await stage.ask(), 'PLATFORM', claimsOf(await introducedApprover(stage)).sub);
				},
			},
			async build(stage) {
				const lease = await stage.ask();
				await forceApproval(stage, lease, 'PLATFORM', claimsOf(await introducedApprover(stage)).sub);
				await stage.agree(lease, 'FIRM', stage.people.owner);
				return toActivating(stage, lease);
			},
			wants: ownTitle,
		}),
		making({
			attack: 'One person approves for both sides: an approver who has become an owner of the firm',
			expected: REFUSED,
			gates: ['use case', 'trigger', 'broker'],
			isUnproven: false,
			tries: {
				async 'use case'(stage) {
					const lease = await stage.ask();
					await stage.agree(lease, 'PLATFORM', stage.people.approver);
					await mergePersons(stage);
					try {
						return await approveAs(stage, stage.tokens.owner, lease);
					} finally {
						await separatePersons(stage);
					}
				},
				async trigger(stage) {
					const lease = await stage.ask();
					await stage.agree(lease, 'PLATFORM', stage.people.approver);
					await mergePersons(stage);
					try {
						return await stage.agree(lease, 'FIRM', stage.people.owner);
					} finally {
						await separatePersons(stage);
					}
				},
			},
			async build(stage) {
				const lease = await stage.ask();
				await stage.agree(lease, 'PLATFORM', stage.people.approver);
				await mergePersons(stage);
				await forceApproval(stage, lease, 'FIRM', stage.people.owner);
				return toActivating(stage, lease);
			},
			undo: separatePersons,
			wants: ownTitle,
		}),
		making({
			attack: 'An operator activates a request without the firm’s approval',
			expected: 'CONFLICT; the operator’s role can set APPROVED by SQL, and the broker revokes',
			gates: ['use case', 'broker'],
			isUnproven: false,
			tries: {
				async 'use case'(stage) {
					const lease = await stage.ask();
					await stage.agree(lease, 'PLATFORM', stage.people.approver);
					return apis(stage).step(stage.tokens.requester, 'activate', lease);
				},
			},
			async build(stage) {
				const lease = await stage.ask();
				await stage.agree(lease, 'PLATFORM', stage.people.approver);
				return toActivating(stage, lease);
			},
			wants: ownTitle,
		}),
		making({
			attack: 'A platform approval that the operator’s role has inserted, with a random MAC',
			expected: 'The role may insert the row; the broker revokes',
			gates: ['broker'],
			async build(stage) {
				const lease = await stage.ask();
				await forceApproval(stage, lease, 'PLATFORM', stage.people.approver, false);
				await stage.agree(lease, 'FIRM', stage.people.owner);
				return toActivating(stage, lease);
			},
			wants: ownTitle,
		}),
		making({
			attack: 'A firm approval that the operator’s role has inserted',
			expected: '42501: no privilege; if an administrator inserts it, the broker revokes',
			gates: ['privilege', 'broker'],
			tries: {
				async privilege(stage) {
					const text = `insert into lease_approvals (lease_id, firm_id, side, user_id, request_hash, mac)
						select id, firm_id, 'FIRM', $2, request_hash, request_mac from leases where id = $1`;
					return asRole(stage, 'operator', inNorth(stage), text, [await stage.ask(), stage.people.owner]);
				},
			},
			async build(stage) {
				const lease = await stage.ask();
				await stage.agree(lease, 'PLATFORM', stage.people.approver);
				await forceApproval(stage, lease, 'FIRM', stage.people.owner, false);
				return toActivating(stage, lease);
			},
			wants: ownTitle,
		}),
		making({
			attack: 'Both approvals of an approved lease, copied to an equal request',
			expected: '23000: their hash is another one; past the trigger, the broker revokes',
			gates: ['trigger', 'broker'],
			tries: {
				async trigger(stage) {
					const text = `insert into lease_approvals select $1::uuid, firm_id, side, user_id, request_hash, now(), mac
						from lease_approvals where lease_id = $2`;
					const { admin } = stage.installation;
					return admin.unsafe(text, [await stage.ask(), await stage.approved()]);
				},
			},
			async build(stage) {
				const lease = await stage.ask();
				const text = `insert into lease_approvals select l.id, a.firm_id, side, user_id, l.request_hash, now(), mac
					from lease_approvals a, leases l where lease_id = $2 and l.id = $1`;
				await unguarded(stage, 'lease_approvals', text, [lease, await stage.approved()]);
				return toActivating(stage, lease);
			},
			wants: ownTitle,
		}),
		making({
			attack: 'A member whom SQL has made an owner approves for the firm',
			expected: 'FORBIDDEN; the broker ignores an approval that the firm plane wrote for them, and revokes',
			gates: ['use case', 'broker'],
			tries: {
				'use case': async (stage) => approveAs(stage, stage.firm.member, await stage.ask()),
			},
			async build(stage) {
				const member = claimsOf(stage.firm.member).sub;
				const lease = await stage.ask();
				await stage.agree(lease, 'PLATFORM', stage.people.approver);
				await unguarded(stage, 'memberships', `update memberships set role = 'OWNER' where user_id = $1`, [member]);
				await stage.agree(lease, 'FIRM', member);
				return toActivating(stage, lease);
			},
			undo: (stage) =>
				unguarded(stage, 'memberships', `update memberships set role = 'MEMBER' where user_id = $1`, [
					claimsOf(stage.firm.member).sub,
				]),
			wants: ownTitle,
		}),
		...(
			[
				[
					'the approver, who is now an auditor',
					(stage: LockStage) => provenRows(stage).setOperator(stage.people.approver, ['AUDITOR'], true),
					(stage: LockStage) => provenRows(stage).setOperator(stage.people.approver, ['APPROVER'], true),
				],
				[
					'the approver, who is now disabled',
					(stage: LockStage) => provenRows(stage).setOperator(stage.people.approver, ['APPROVER'], false),
					(stage: LockStage) => provenRows(stage).setOperator(stage.people.approver, ['APPROVER'], true),
				],
				[
					'the owner, who is now only a member',
					(stage: LockStage) => provenRows(stage).setMember(stage.people.owner, 'MEMBER', true),
					(stage: LockStage) => provenRows(stage).setMember(stage.people.owner, 'OWNER', true),
				],
				[
					'the owner, who was then removed from the firm',
					(stage: LockStage) => provenRows(stage).setMember(stage.people.owner, 'OWNER', false),
					(stage: LockStage) => provenRows(stage).setMember(stage.people.owner, 'OWNER', true),
				],
				[
					'one approver, while the firm now requires two',
					(stage: LockStage) => provenRows(stage).setPolicy('APPROVE', 2),
					(stage: LockStage) => provenRows(stage).setPolicy('APPROVE', 1),
				],
				[
					'both sides, while the firm now refuses all leases',
					(stage: LockStage) => provenRows(stage).setPolicy('NEVER', 1),
					(stage: LockStage) => provenRows(stage).setPolicy('APPROVE', 1),
				],
			] as const
		).map(([who, change, undo]) =>
			making({
				attack: `A lease with the valid approval of ${who}`,
				expected: 'The broker revokes: roles and policy at activation count',
				gates: ['broker'],
				isUnproven: false,
				async build(stage) {
					const lease = await stage.activating();
					await change(stage);
					return lease;
				},
				undo,
				wants: ownTitle,
			}),
		),
		making({
			attack: 'A request to a firm whose policy is NEVER',
			expected: REFUSED,
			gates: ['use case', 'trigger', 'broker'],
			isUnproven: false,
			tries: {
				async 'use case'(stage) {
					await provenRows(stage).setPolicy('NEVER', 1);
					try {
						return await apis(stage).request(stage.tokens.requester, stage.firm.id);
					} finally {
						await provenRows(stage).setPolicy('APPROVE', 1);
					}
				},
				async trigger(stage) {
					await provenRows(stage).setPolicy('NEVER', 1);
					try {
						return await stage.ask();
					} finally {
						await provenRows(stage).setPolicy('APPROVE', 1);
					}
				},
			},
			async build(stage) {
				const lease = await stage.activating();
				await provenRows(stage).setPolicy('NEVER', 1);
				return lease;
			},
			undo: (stage) => provenRows(stage).setPolicy('APPROVE', 1),
			wants: ownTitle,
		}),
	],
};
