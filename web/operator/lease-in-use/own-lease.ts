import { isTerminal } from '../../../src/access/lease-state-machine.ts';
import type { LeaseState, OwnLeasesQuery } from '../../kit/api/operator.generated.ts';

/** A lease that the signed-in person has asked for. */
export type OwnLease = OwnLeasesQuery['breakGlassLeases']['nodes'][number];

export const hasEnded = ({ state }: Pick<OwnLease, 'state'>): boolean => isTerminal(state);

/** The ticket, which the requester knows the lease by. */
export const nameOfLease = ({ ticket, id }: Pick<OwnLease, 'ticket' | 'id'>): string => ticket ?? id.slice(0, 8);

/** Values that may still be read; null for no limit. */
export const budgetLeft = ({ readBudget, used }: Pick<OwnLease, 'readBudget' | 'used'>): number | null =>
	readBudget === null ? null : Math.max(0, readBudget - used);

/** How a lease ended or what it waits for, in one sentence about the lease. */
const STATES: Readonly<Record<LeaseState, string>> = {
	REQUESTED: 'waits for approval',
	APPROVED: 'is approved: activate it when you are ready to read',
	ACTIVATING: 'is being activated: every approval is checked once more',
	ACTIVE: 'is active',
	EXPIRED: 'has ended: its time is over',
	REVOKED: 'was revoked: someone of the firm or the platform ended it, or its approvals no longer hold',
	RELEASED: 'has ended: you gave it back',
	EXHAUSTED: 'has ended: its read budget is used up',
	DENIED: 'was denied',
	CANCELLED: 'was withdrawn by you',
	LAPSED: 'has lapsed: no one decided, or you did not activate it, within 24 hours',
};

export const stateInWords = (state: LeaseState): string => STATES[state];
