import type { AccessPolicy } from './statements.ts';

/** The states of a break-glass lease. */
export const LEASE_STATES = [
	'REQUESTED',
	'APPROVED',
	'ACTIVATING',
	'ACTIVE',
	'EXPIRED',
	'REVOKED',
	'RELEASED',
	'EXHAUSTED',
	'DENIED',
	'CANCELLED',
	'LAPSED',
] as const;
export type LeaseState = (typeof LEASE_STATES)[number];

/** The part of the program that makes a transition. Each has its own database role. */
export type LeaseTransitionActor = 'operator' | 'firm' | 'broker';

type Transitions = Readonly<
	Partial<Record<LeaseState, Readonly<Partial<Record<LeaseState, readonly LeaseTransitionActor[]>>>>>
>;

/**
 * Every allowed transition of a lease, and who may make it. The database has the same table (may_move_lease() in
 * drizzle/0008_leases.sql), and a test compares the two.
 */
const TRANSITIONS: Transitions = {
	REQUESTED: {
		APPROVED: ['operator', 'firm'],
		DENIED: ['operator', 'firm'],
		CANCELLED: ['operator'],
		LAPSED: ['broker'],
	},
	APPROVED: { ACTIVATING: ['operator'], LAPSED: ['broker'], REVOKED: ['operator', 'firm', 'broker'] },
	ACTIVATING: { ACTIVE: ['broker'], REVOKED: ['operator', 'firm', 'broker'] },
	ACTIVE: {
		EXPIRED: ['broker'],
		REVOKED: ['operator', 'firm', 'broker'],
		RELEASED: ['operator'],
		EXHAUSTED: ['operator', 'broker'],
	},
};

export const mayTransition = (from: LeaseState, to: LeaseState, mover: LeaseTransitionActor): boolean =>
	TRANSITIONS[from]?.[to]?.includes(mover) ?? false;

/** Whether no transition leads out of the state. */
export const isTerminal = (state: LeaseState): boolean => TRANSITIONS[state] === undefined;

/** Whether grants of the key service may exist for the lease, so that its end begins with an end mark. */
export const isInUse = (state: LeaseState): boolean => state === 'ACTIVATING' || state === 'ACTIVE';

/** How many persons of each side have approved exactly this request. */
export interface ApprovalCounts {
	readonly platform: number;
	readonly firm: number;
}

/** Whether a request has every approval that the firm's policy requires. */
export const hasEnoughApprovals = ({ policy, approvers }: AccessPolicy, { platform, firm }: ApprovalCounts): boolean =>
	policy !== 'NEVER' && platform >= Math.max(1, approvers) && (policy === 'NOTIFY' || firm >= 1);

const STRICTNESS = { NOTIFY: 0, APPROVE: 1, NEVER: 2 } as const;

/** Whether the next policy requires more than the one before. If so, approvals under the earlier policy end. */
export const isStricterPolicy = (next: AccessPolicy, before: AccessPolicy): boolean =>
	STRICTNESS[next.policy] > STRICTNESS[before.policy] || next.approvers > before.approvers;
