import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { hashLeaseRequest, leaseRequestOf } from '../../../../src/leases/request-hash.ts';
import { codeOf } from '../../../database/two-firms.ts';
import { leasesOver } from '../../../leases/by-api.ts';
import { FORGERIES, unguarded } from '../../../leases/forgeries.ts';
import type { Wish } from '../../../leases/stage.ts';
import { claimsOf } from '../../scene.ts';
import type { LockArea, LockCase, PreparedRead } from '../case.ts';
import { asRole, making, toActivating } from '../irregular-lease.ts';
import type { LockStage } from '../stage.ts';
import { ownTitle } from './inactive-leases.ts';

interface Field {
	/** The changed field, in words. */
	readonly what: string;
	/** The SET clause; $2 is `value`. */
	readonly set: string;
	value(stage: LockStage): string;
	readonly wish?: Wish;
	readonly wants?: (stage: LockStage, lease: string) => PreparedRead;
}

const reads =
	(query: (stage: LockStage) => string, text: string, isForeign = false) =>
	(stage: LockStage, lease: string): PreparedRead => ({
		firm: isForeign ? stage.other.id : stage.firm.id,
		target: `${(isForeign ? stage.theirs : stage.ours).marker} ${text}`,
		sealed: null,
		send: () => stage.send({ query: query(stage), lease }),
	});

const bodyOfNote = reads(({ ours }) => `{ note(id: "${ours.ids.note}") { body } }`, 'note');
const random = () => randomBytes(32).toString('hex');

const FIELDS: readonly Field[] = [
	{
		what: 'the classes',
		set: "classes = string_to_array($2, ',')",
		value: () => 'NOTE,COMMUNICATION',
		wants: reads(({ ours }) => `{ message(id: "${ours.ids.message}") { body } }`, 'message'),
	},
	{
		what: 'the fields',
		set: "coordinates = string_to_array($2, ',')",
		value: () => 'Note.title,Note.body',
		wish: { coordinates: ['Note.title'] },
		wants: bodyOfNote,
	},
	{
		what: 'the records',
		set: 'record_ids = array[$2::uuid]',
		value: ({ ours }) => ours.ids.note,
		wish: { records: ['01a20e60-0000-7000-8000-000000000001'] },
		wants: bodyOfNote,
	},
	{ what: 'the read budget', set: 'read_budget = $2::int', value: () => '1000', wish: { readBudget: 1 } },
	{ what: 'the minutes', set: 'minutes = $2::int', value: () => '240' },
	{ what: 'the purpose', set: 'purpose = $2', value: () => 'LEGAL_PROCESS' },
	{ what: 'the reason', set: "reason_hash = decode($2, 'hex')", value: random },
	{ what: 'the ticket', set: "ticket_hash = decode($2, 'hex')", value: random },
	{
		what: 'the firm',
		set: 'firm_id = $2::uuid',
		value: ({ other }) => other.id,
		wants: reads(({ theirs }) => `{ note(id: "${theirs.ids.note}") { title } }`, 'title', true),
	},
	{
		what: 'the requester',
		set: 'requested_by = $2::uuid',
		value: ({ stranger }) => claimsOf(stranger).sub,
		wants: (stage, lease) => ownTitle(stage, lease, stage.stranger),
	},
];

/** A field of the request that changes after both sides have approved it. */
const changedField = ({ what, set, value, wish, wants = ownTitle }: Field): LockCase => {
	const text = `update leases set ${set} where id = $1`;
	return making({
		attack: `After both approvals, the request is changed: ${what}`,
		expected: '42501 for every role, and a trigger; past both, the broker revokes, and the resolver refuses the lease',
		gates: ['privilege', 'trigger', 'broker', 'resolver'],
		tries: {
			async privilege(stage) {
				const values = [await stage.approved(wish), value(stage)];
				for (const side of ['firm', 'broker', 'worker'] as const)
					expect([side, await codeOf(asRole(stage, side, stage.firm.id, text, values))]).toEqual([side, '42501']);
				return asRole(stage, 'operator', stage.firm.id, text, values);
			},
			trigger: async (stage) => stage.installation.admin.unsafe(text, [await stage.approved(wish), value(stage)]),
		},
		async build(stage) {
			const lease = await stage.activating(wish);
			await unguarded(stage, 'leases', text, [lease, value(stage)]);
			return lease;
		},
		wants,
	});
};

/** A request with a random MAC. */
async function unprovenRequest(stage: LockStage): Promise<string> {
	const lease = await stage.ask();
	await unguarded(stage, 'leases', "update leases set request_mac = decode($2, 'hex') where id = $1", [
		lease,
		randomBytes(36).toString('hex'),
	]);
	return lease;
}

/** The forgeries of the broker's own tests, to see that only the broker stops them. FIELDS has the others. */
const forgeries: readonly LockCase[] = FORGERIES.filter(({ doubt }) => doubt !== 'REQUEST' && doubt !== 'CLOCK').map(
	({ name, isUnproven, forge, undo }) =>
		making({
			attack: `After both approvals, an administrator changes ${name}`,
			expected: isUnproven === false ? 'The broker revokes' : 'The broker revokes, and `rights.refuse` is on record',
			gates: ['broker'],
			...(isUnproven === false && { isUnproven }),
			async build(stage) {
				const lease = await stage.activating();
				await forge(stage, lease);
				return lease;
			},
			...(undo && { undo }),
			wants: ownTitle,
		}),
);

export const changed: LockArea = {
	title: 'Changes between approval and activation',
	cases: [
		...FIELDS.map(changedField),
		making({
			attack: 'After both approvals, the classes are changed, with a matching hash in the request and in each approval',
			expected: 'The broker revokes: the MACs cover the hash that was requested and approved',
			gates: ['broker', 'resolver'],
			async build(stage) {
				const lease = await stage.activating();
				const change = "update leases set classes = '{NOTE,COMMUNICATION}' where id = $1";
				await unguarded(stage, 'leases', change, [lease]);
				const hash = Buffer.from(hashLeaseRequest(leaseRequestOf(await stage.find(lease)))).toString('hex');
				for (const [table, key] of [
					['leases', 'id'],
					['lease_approvals', 'lease_id'],
				] as const)
					await unguarded(stage, table, `update ${table} set request_hash = decode($2, 'hex') where ${key} = $1`, [
						lease,
						hash,
					]);
				return lease;
			},
			wants: reads(({ ours }) => `{ message(id: "${ours.ids.message}") { body } }`, 'message'),
		}),
		making({
			attack: 'A request that the operator’s role has inserted with a random MAC; both sides approve it',
			expected: 'The approval is refused, since the MAC is invalid; past that, the broker revokes',
			gates: ['use case', 'broker', 'resolver'],
			tries: {
				async 'use case'(stage) {
					const lease = await unprovenRequest(stage);
					const requestHash = Buffer.from((await stage.find(lease)).requestHash).toString('hex');
					return leasesOver(stage.api.ask).approve(stage.tokens.approver, { id: lease, requestHash });
				},
			},
			async build(stage) {
				const lease = await unprovenRequest(stage);
				await stage.agree(lease, 'PLATFORM', stage.people.approver);
				await stage.agree(lease, 'FIRM', stage.people.owner);
				return toActivating(stage, lease);
			},
			wants: ownTitle,
		}),
		making({
			attack: 'A used and ended lease is activated a second time',
			expected:
				'CONFLICT; by SQL a trigger, since a terminal state has no successor. Reset past the trigger, the lease starts again',
			gates: ['use case', 'trigger'],
			tries: {
				'use case': async (stage) =>
					leasesOver(stage.api.ask).step(stage.tokens.requester, 'activate', await stage.ended(await stage.active())),
				trigger: async (stage) => stage.move(await stage.ended(await stage.active()), 'ACTIVATING'),
			},
			async build(stage) {
				const lease = await stage.ended(await stage.active());
				await unguarded(stage, 'lease_ends', 'delete from lease_ends where lease_id = $1', [lease]);
				const back = `update leases set state = 'ACTIVATING', ended_at = null, cleared_at = null, activated_at = null,
					expires_at = null, activation_mac = null where id = $1`;
				await unguarded(stage, 'leases', back, [lease]);
				return lease;
			},
			wants: ownTitle,
		}),
		...forgeries,
	],
};
