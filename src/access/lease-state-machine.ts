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

/** Whose part of the program makes a move; each has a database role of its own. */
export type LeaseTransitionActor = 'operator' | 'firm' | 'broker';

type Transitions = Readonly<
	Partial<Record<LeaseState, Readonly<Partial<Record<LeaseState, readonly LeaseTransitionActor[]>>>>>
>;

/**
 * Every move that a lease can make, and whose it is. What isn't here can't happen: the database has the same table
 * (may_move_lease() in drizzle/0008_leases.sql), and a test compares them.
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

/** No move leads out of it. */
export const isTerminal = (state: LeaseState): boolean => TRANSITIONS[state] === undefined;

/** Whether grants may exist, and so whether it is ended by an end mark first. */
export const isInUse = (state: LeaseState): boolean => state === 'ACTIVATING' || state === 'ACTIVE';

/** How many persons of each side have agreed to the request as it is. */
export interface ApprovalCounts {
	readonly platform: number;
	readonly firm: number;
}

/** Whether a request has every yes that the firm's policy asks for. */
export const hasEnoughApprovals = ({ policy, approvers }: AccessPolicy, { platform, firm }: ApprovalCounts): boolean =>
	policy !== 'NEVER' && platform >= Math.max(1, approvers) && (policy === 'NOTIFY' || firm >= 1);

const STRICTNESS = { NOTIFY: 0, APPROVE: 1, NEVER: 2 } as const;

/** Whether the next policy asks for something that the one before didn't: then what was agreed under that one ends. */
export const isStricterPolicy = (next: AccessPolicy, before: AccessPolicy): boolean =>
	STRICTNESS[next.policy] > STRICTNESS[before.policy] || next.approvers > before.approvers;
