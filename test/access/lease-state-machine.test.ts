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

/** The drawing of the design, written down a second time: who makes which move. */
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

describe('the table of moves', () => {
	it.each(moves)('%s to %s', (from, to) => {
		const drawn = (DRAWN[`${from} ${to}`] ?? '').split(' ').filter(Boolean);
		expect(MOVERS.filter((mover) => mayTransition(from, to, mover))).toEqual(drawn);
	});

	it('leads from every state that is no end to one that is', () => {
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

	it('has one way to ACTIVE, and it is the broker’s', () => {
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

describe('agreement', () => {
	property.prop([policies, counts])(
		'takes the platform’s persons, and the firm’s unless it is only told',
		(policy, agreed) => {
			const enough = agreed.platform >= policy.approvers;
			const expected = { NEVER: false, APPROVE: enough && agreed.firm > 0, NOTIFY: enough }[policy.policy];
			expect(hasEnoughApprovals(policy, agreed)).toBe(expected);
		},
	);

	property.prop([policies, counts])('is never without somebody of the platform', (policy, { firm }) => {
		expect(hasEnoughApprovals({ ...policy, approvers: 0 }, { platform: 0, firm })).toBe(false);
	});

	property.prop([policies, policies, counts])(
		'under a policy holds under every one that isn’t tighter',
		(next, before, agreed) => {
			if (hasEnoughApprovals(before, agreed) && !isStricterPolicy(next, before))
				expect(hasEnoughApprovals(next, agreed)).toBe(true);
		},
	);

	property.prop([policies])('doesn’t get tighter by staying', (policy) => {
		expect(isStricterPolicy(policy, policy)).toBe(false);
	});
});
