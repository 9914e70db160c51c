import { isTerminal, LEASE_STATES, type LeaseState } from '../../access/index.ts';
import { type ApiData, invalidApiAnswer, isObject } from '../call/index.ts';
import { type ApiLease, assertLeaseForm } from './api-lease.ts';
import { isWholeLease } from './lease-shape.ts';

/** What a lease can be by the answer to each verb. */
const AFTER = {
	request: ['REQUESTED'],
	approve: ['REQUESTED', 'APPROVED'],
	deny: ['DENIED'],
	cancel: ['CANCELLED'],
	// It may have ended as soon as the broker had it.
	activate: ['ACTIVATING', 'ACTIVE', 'EXPIRED', 'REVOKED', 'RELEASED', 'EXHAUSTED'],
	// One whose row is held by SQL is answered as revoked.
	release: ['RELEASED', 'REVOKED'],
	revoke: ['REVOKED'],
	review: LEASE_STATES.filter(isTerminal),
} as const satisfies Readonly<Record<string, readonly LeaseState[]>>;

/**
 * The lease that an answer to a verb shows: the one that was asked about, in a state that the verb leads to. A request makes a new one, all of
 * which is shown. What is said as done is said only of that.
 * @throws SetupError for another lease or state, and for what is none
 */
export function changedLease(data: ApiData, verb: keyof typeof AFTER, id: string | null): ApiLease {
	const changed = data[`${verb}BreakGlass`];
	if (!isObject(changed)) throw invalidApiAnswer();
	const lease = assertLeaseForm(changed.lease as ApiLease);
	const isIt = id === null ? isWholeLease(lease) : lease.id === id;
	const states: readonly string[] = AFTER[verb];
	const lacksEnd = lease.state === 'ACTIVE' && typeof lease.expiresAt !== 'string';
	if (!isIt || !states.includes(lease.state) || lacksEnd) throw invalidApiAnswer();
	return lease;
}
