import { expect, it } from 'vitest';
import { createLeafChecks } from '../../../src/audit/verify/log.ts';
import type { LeaseStoryFragment } from '../../../web/kit/api/workspace.generated.ts';
import { compareLease } from '../../../web/kit/log/compare-lease.ts';
import { emptyRecords, record } from '../../../web/kit/log/log-records.ts';
import { sha256 } from '../../../web/verify/sha256.ts';
import { storyOf } from '../../../web/workspace/screens/access/story-steps.ts';
import { FIRM, leafOf } from '../../audit/verify/write-log.ts';
import { LEASE, OPERATOR } from './visits.ts';

const OWNER = '01980000-0000-7000-8000-0000000000b2';
const APPROVER = '01980000-0000-7000-8000-0000000000b3';
const REVIEWER = '01980000-0000-7000-8000-0000000000b4';
const STRANGER = '01980000-0000-7000-8000-0000000000b5';
const HASH = 'ab'.repeat(32);
const REASON_HASH = 'cd'.repeat(32);
/** Long after every entry, so that none is too new for it. */
const SIGNED = '2026-12-24T16:00:00.000Z';

type Step = readonly [action: string, actor: string | null, changes?: Readonly<Record<string, unknown>>];

const actorOf = (user: string | null) => {
	if (user === null) return { kind: 'system', user: null, roles: [] };
	const [kind, role] = user === OWNER ? ['member', 'OWNER'] : ['operator', user === OPERATOR ? 'OPERATOR' : 'APPROVER'];
	return { kind, user, roles: [role] };
};

/** Entries as src/leases writes them, each of them one that the verifier knows. */
function leavesOf(steps: readonly Step[]): string[] {
	const check = createLeafChecks(FIRM, new Map());
	return steps.map(([action, user, changes = {}], index) => {
		const leaf = leafOf(FIRM, index + 1, {
			action,
			decision: 'ALLOWED',
			reason: null,
			lease: LEASE,
			actor: actorOf(user),
			...changes,
		});
		check(leaf);
		return leaf;
	});
}

const withHash = { hash: HASH };
const ASKED: readonly Step[] = [['lease.request', OPERATOR, withHash]];
/** A reason stands just before its decision, and is no step of its own. */
const APPROVED: readonly Step[] = [
	...ASKED,
	['lease.reason', OWNER, { hash: REASON_HASH }],
	['lease.approve', OWNER, withHash],
	['lease.approve', APPROVER, withHash],
];
const ACTIVE: readonly Step[] = [...APPROVED, ['lease.activate', OPERATOR], ['lease.start', null, withHash]];

const moment = (index: number) => JSON.parse(leafOf(FIRM, index + 1)).at as string;
const decisions: readonly (readonly [side: 'FIRM' | 'PLATFORM', userId: string])[] = [
	['FIRM', OWNER],
	['PLATFORM', APPROVER],
];

/** The API's answer about a lease that was asked for and has gone through these states. */
function leaseOf(
	states: readonly (readonly [toState: string, actorId: string | null])[],
	changes: Partial<LeaseStoryFragment> = {},
): LeaseStoryFragment {
	const isApproved = states.some(([state]) => state === 'APPROVED');
	return {
		id: LEASE,
		requestedById: OPERATOR,
		requestHash: HASH,
		requestedAt: moment(0),
		approvals: isApproved
			? decisions.map(([side, userId]) => ({ side, userId, requestHash: HASH, approvedAt: moment(3), reason: 'Yes.' }))
			: [],
		events: states.map(([toState, actorId], index) => ({ toState, actorId, at: moment(index + 1) })),
		denial: null,
		reviewedAt: null,
		reviewedById: null,
		...changes,
	} as LeaseStoryFragment;
}

function compared(lease: LeaseStoryFragment, steps: readonly Step[], signedAt = SIGNED) {
	const records = emptyRecords();
	for (const [index, leaf] of leavesOf(steps).entries()) record(records, leaf, index, sha256);
	const shown = { id: LEASE, steps: storyOf(lease), openings: [], openingCount: 0, isWhole: true };
	return compareLease(shown, { record: records.leases.get(LEASE) ?? null, signedAt, sha256 });
}

const APPROVED_STATES = [['APPROVED', APPROVER]] as const;
const ACTIVE_STATES = [...APPROVED_STATES, ['ACTIVATING', OPERATOR], ['ACTIVE', null]] as const;

/** By the action: the steps before it, its own entry, the states that the API shows, and what it changes of the answer. */
const STORIES: readonly (readonly [
	action: string,
	before: readonly Step[],
	own: Step,
	states: readonly (readonly [string, string | null])[],
	changes?: Partial<LeaseStoryFragment>,
])[] = [
	['lease.request', [], ['lease.request', OPERATOR, withHash], []],
	[
		'lease.approve',
		ASKED,
		['lease.approve', OWNER, withHash],
		[],
		{ approvals: [{ side: 'FIRM', userId: OWNER, requestHash: HASH, approvedAt: moment(1), reason: null }] as never },
	],
	[
		'lease.deny',
		[...ASKED, ['lease.reason', APPROVER, { hash: REASON_HASH }]],
		['lease.deny', APPROVER],
		[['DENIED', APPROVER]],
		{ denial: { reason: 'No ticket says so.' } as never },
	],
	['lease.cancel', ASKED, ['lease.cancel', OPERATOR], [['CANCELLED', OPERATOR]]],
	['lease.lapse', APPROVED, ['lease.lapse', null], [...APPROVED_STATES, ['LAPSED', null]]],
	['lease.activate', APPROVED, ['lease.activate', OPERATOR], [...APPROVED_STATES, ['ACTIVATING', OPERATOR]]],
	['lease.start', ACTIVE.slice(0, -1), ['lease.start', null, withHash], ACTIVE_STATES],
	['lease.release', ACTIVE, ['lease.release', OPERATOR], [...ACTIVE_STATES, ['RELEASED', OPERATOR]]],
	['lease.revoke', ACTIVE, ['lease.revoke', OWNER], [...ACTIVE_STATES, ['REVOKED', OWNER]]],
	['lease.expire', ACTIVE, ['lease.expire', null], [...ACTIVE_STATES, ['EXPIRED', null]]],
	['lease.exhaust', ACTIVE, ['lease.exhaust', OPERATOR], [...ACTIVE_STATES, ['EXHAUSTED', OPERATOR]]],
	[
		'lease.review',
		[...ACTIVE, ['lease.expire', null]],
		['lease.review', REVIEWER],
		[...ACTIVE_STATES, ['EXPIRED', null]],
		{ reviewedAt: moment(9), reviewedById: REVIEWER },
	],
];

for (const [action, before, own, states, changes] of STORIES)
	it(`${action} agrees with its entry, and contradicts a log that says another thing`, () => {
		const lease = leaseOf(states, changes);
		const right = { isRight: true, isComplete: true, stepsNotInLog: [], stepsNotShown: [], stepsWaiting: [] };
		expect(compared(lease, [...before, own])).toMatchObject(right);

		// The page shows a step that the log does not have.
		expect(compared(lease, before)).toMatchObject({ isRight: false, stepsNotInLog: [action], stepsNotShown: [] });
		// The log has a step that the page does not show.
		if (action !== 'lease.request')
			expect(compared({ ...lease, ...without(lease, action) }, [...before, own])).toMatchObject({
				isRight: false,
				stepsNotInLog: [],
				stepsNotShown: [action],
			});
		// Someone else did it.
		const [, user, more] = own;
		const other: Step = [action, STRANGER, more ?? {}];
		if (user !== null)
			expect(compared(lease, [...before, other])).toMatchObject({
				isRight: false,
				stepsNotInLog: [action],
				stepsNotShown: [action],
			});
	});

function without(lease: LeaseStoryFragment, action: string): Partial<LeaseStoryFragment> {
	if (action === 'lease.approve') return { approvals: [] };
	if (action === 'lease.review') return { reviewedAt: null, reviewedById: null };
	return { events: lease.events.slice(0, -1), denial: null };
}

it('takes an approval of another request for none', () => {
	const steps: readonly Step[] = [...ASKED, ['lease.approve', OWNER, { hash: REASON_HASH }]];
	const [story] = STORIES.filter(([action]) => action === 'lease.approve');
	expect(compared(leaseOf([], story?.[4]), steps)).toMatchObject({
		isRight: false,
		stepsNotInLog: ['lease.approve'],
		stepsNotShown: ['lease.approve'],
	});
});

it('sees that a second approval by another person is not shown', () => {
	const lease = leaseOf(APPROVED_STATES);
	const steps: readonly Step[] = [...APPROVED, ['lease.approve', REVIEWER, withHash]];
	expect(compared(lease, steps)).toMatchObject({ isRight: false, stepsNotShown: ['lease.approve'] });
});

it('takes the person of the platform whom the firm is not told for the one of the log', () => {
	const steps: readonly Step[] = [...ACTIVE, ['lease.revoke', APPROVER]];
	expect(compared(leaseOf([...ACTIVE_STATES, ['REVOKED', null]]), steps)).toMatchObject({ isComplete: true });
});

it.each<[string, Step, boolean]>([
	['by the program itself, which finishes it', ['lease.revoke', null], true],
	['by the same person, who tried it again', ['lease.revoke', OWNER], true],
	['by someone else', ['lease.revoke', STRANGER], false],
])('of a second revocation %s', (_name, again, isRight) => {
	const lease = leaseOf([...ACTIVE_STATES, ['REVOKED', OWNER]]);
	const steps: readonly Step[] = [...ACTIVE, ['lease.revoke', OWNER], again];
	expect(compared(lease, steps)).toMatchObject({ isRight, stepsNotShown: isRight ? [] : ['lease.revoke'] });
});

it('lets the end of a lease wait for the next signed state, and calls nothing complete until then', () => {
	const lease = leaseOf([...ACTIVE_STATES, ['REVOKED', OWNER]]);
	expect(compared(lease, ACTIVE, moment(8))).toMatchObject({
		isRight: true,
		isComplete: false,
		stepsWaiting: ['lease.revoke'],
	});
});
