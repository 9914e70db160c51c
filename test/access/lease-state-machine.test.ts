import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
	type AccessPolicy,
	hasEnoughApprovals,
	isInUse,
	isStricterPolicy,
	isTerminal,
	LEASE_STATES,
	type LeaseState,
	type LeaseTransitionActor,
	mayTransition,
} from '../../src/access/index.ts';

const MOVERS = ['operator', 'firm', 'broker'] as const satisfies readonly LeaseTransitionActor[];

/** Who makes which transition, written down a second time from the design. */
const DRAWN: Readonly<Record<string, string>> = {
	'REQUESTED APPROVED': 'operator firm',
	'REQUESTED DENIED': 'operator firm',
	'REQUESTED CANCELLED': 'operator',
	'REQUESTED LAPSED': 'broker',
	'APPROVED ACTIVATING': 'operator',
	'APPROVED LAPSED': 'broker',
	'APPROVED REVOKED': 'operator firm broker',
	'ACTIVATING ACTIVE': 'broker',
	'ACTIVATING REVOKED': 'operator firm broker',
	'ACTIVE EXPIRED': 'broker',
	'ACTIVE REVOKED': 'operator firm broker',
	'ACTIVE RELEASED': 'operator',
	'ACTIVE EXHAUSTED': 'operator broker',
};

const moves = LEASE_STATES.flatMap((from) => LEASE_STATES.map((to) => [from, to] as const));

describe('the table of lease transitions', () => {
	it.each(moves)('%s to %s', (from, to) => {
		const drawn = (DRAWN[`${from} ${to}`] ?? '').split(' ').filter(Boolean);
		expect(MOVERS.filter((mover) => mayTransition(from, to, mover))).toEqual(drawn);
	});

	it('leads from every state that is not final to a final one', () => {
		const reached = new Set<LeaseState>();
		const go = (state: LeaseState): void => {
			if (reached.has(state)) return;
			reached.add(state);
			for (const to of LEASE_STATES) if (MOVERS.some((mover) => mayTransition(state, to, mover))) go(to);
		};
		go('REQUESTED');
		expect([...reached].sort()).toEqual([...LEASE_STATES].sort());
		for (const state of LEASE_STATES)
			expect(isTerminal(state)).toBe(!['REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE'].includes(state));
		expect(LEASE_STATES.filter(isInUse)).toEqual(['ACTIVATING', 'ACTIVE']);
	});

	it('has one transition to ACTIVE, made by the broker', () => {
		const ways = moves.flatMap(([from, to]) =>
			to === 'ACTIVE' ? MOVERS.filter((mover) => mayTransition(from, to, mover)).map((mover) => [from, mover]) : [],
		);
		expect(ways).toEqual([['ACTIVATING', 'broker']]);
	});
});

const policies = fc.record({
	policy: fc.constantFrom('NEVER', 'APPROVE', 'NOTIFY'),
	approvers: fc.integer({ min: 1, max: 5 }),
}) as fc.Arbitrary<AccessPolicy>;
const counts = fc.record({ platform: fc.nat({ max: 6 }), firm: fc.nat({ max: 3 }) });

describe('the required approvals', () => {
	property.prop([policies, counts])(
		'need enough platform approvers, and one of the firm unless the firm is only notified',
		(policy, approved) => {
			const enough = approved.platform >= policy.approvers;
			const expected = { NEVER: false, APPROVE: enough && approved.firm > 0, NOTIFY: enough }[policy.policy];
			expect(hasEnoughApprovals(policy, approved)).toBe(expected);
		},
	);

	property.prop([policies, counts])('always include a platform approver', (policy, { firm }) => {
		expect(hasEnoughApprovals({ ...policy, approvers: 0 }, { platform: 0, firm })).toBe(false);
	});

	property.prop([policies, policies, counts])(
		'of one policy are enough for every policy that is not stricter',
		(next, before, approved) => {
			if (hasEnoughApprovals(before, approved) && !isStricterPolicy(next, before))
				expect(hasEnoughApprovals(next, approved)).toBe(true);
		},
	);

	property.prop([policies])('of a policy are not stricter than its own', (policy) => {
		expect(isStricterPolicy(policy, policy)).toBe(false);
	});
});
