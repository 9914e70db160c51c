import { isTerminal, LEASE_STATES, type LeaseState } from '../../access/index.ts';
import { type ApiData, invalidApiAnswer, isObject } from '../call/index.ts';
import { type ApiLease, assertLeaseForm } from './api-lease.ts';
import { isWholeLease } from './lease-shape.ts';

/** The states that a lease can have after each verb. */
const AFTER = {
	request: ['REQUESTED'],
	approve: ['REQUESTED', 'APPROVED'],
	deny: ['DENIED'],
	cancel: ['CANCELLED'],
	// The broker may have activated it, and it may have ended since.
	activate: ['ACTIVATING', 'ACTIVE', 'EXPIRED', 'REVOKED', 'RELEASED', 'EXHAUSTED'],
	// The API answers REVOKED if someone holds a lock on the lease's row by SQL.
	release: ['RELEASED', 'REVOKED'],
	revoke: ['REVOKED'],
	review: LEASE_STATES.filter(isTerminal),
} as const satisfies Readonly<Record<string, readonly LeaseState[]>>;

/**
 * The lease in the answer to a mutation. It must be the lease `id`, in a state that the verb leads to. `id` is null for `request`, whose
 * answer must show a new lease completely. So a command reports success only for the lease that it changed.
 * @throws SetupError for another lease or state, or for an answer without a lease
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
