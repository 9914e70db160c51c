import { isInUse, type LeaseTransitionActor, mayTransition, type Principal } from '../access/index.ts';
import {
	insertLeaseEnd,
	isLockTimeout,
	type LeaseRow,
	type LeaseRowRef,
	lockLease,
	type Plane,
	selectLease,
	transitionLease,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { type EndState, firmScopeOfPlane, type LeaseServices, leaseAct } from './transition.ts';

export type LeaseEndingServices = Pick<LeaseServices, 'plane' | 'record'>;

/** @throws Error for a plane that makes no transitions. */
function transitionActorOf({ role }: Pick<Plane, 'role'>): LeaseTransitionActor {
	if (role === 'firmseal_operator' || role === 'firmseal_firm' || role === 'firmseal_broker')
		return role.slice('firmseal_'.length) as LeaseTransitionActor;
	throw new Error(`${role} may not change the state of a lease.`);
}

/** Longer than a request can hold a lease (lease-session.ts). A lock that is held for longer is not that of a reader. */
const END_TIMEOUT_MS = 6_500;

/** Longest single wait for the row lock. Connections for ending access are few, so end marks of other leases must get a turn between the waits. */
const LOCK_WAIT_MS = 250;

/**
 * Ends a lease. A lease in use gets its end mark first, in a separate transaction: from then on no request can begin to use the lease, and the
 * transition waits for requests that use it. When this has returned, no process opens anything more under the lease. If the transition fails, the
 * mark stays, and the broker ends the lease.
 *
 * If someone holds the row by SQL for longer than a request may, the lease is returned as REVOKED: its mark is committed, and the broker
 * revokes it as soon as it can.
 *
 * `actedBy`: user id; null for the program itself.
 * @returns null, without a change, if the lease has already ended or this state can't follow its present state.
 * @throws FirmsealError AUDIT_UNAVAILABLE; CONFLICT for a lease that is not in use, while someone holds its row.
 */
export async function endLease(
	services: LeaseEndingServices,
	key: LeaseRowRef,
	to: EndState,
	actedBy: string | null,
): Promise<LeaseRow | null> {
	const ended = await tryEndLease(services, key, to, actedBy, END_TIMEOUT_MS);
	if (!ended || !('held' in ended)) return ended;
	const { held } = ended;
	if (!isInUse(held.state))
		throw new FirmsealError('CONFLICT', 'The lease is locked by another transaction: try again.');
	const asEnded = { ...held, state: 'REVOKED' as const, actedBy };
	await services.record(leaseAct(asEnded));
	return asEnded;
}

/** Like endLease(), with a wait of at most `lockTimeout` milliseconds. `held`: the row is locked; a lease in use has its end mark. */
export async function tryEndLease(
	services: LeaseEndingServices,
	{ id, firmId }: LeaseRowRef,
	to: EndState,
	actedBy: string | null,
	lockTimeout: number,
): Promise<LeaseRow | { readonly held: LeaseRow } | null> {
	const { plane } = services;
	const scope = firmScopeOfPlane(plane, firmId);
	const mover = transitionActorOf(plane);
	let isMarked = false;
	for (let left = lockTimeout; ; ) {
		const seen = await plane.read(scope, (tx) => selectLease(tx, id));
		if (!seen || !mayTransition(seen.state, to, mover)) return null;
		if (isInUse(seen.state) && !isMarked) {
			await plane.write(scope, (tx) => insertLeaseEnd(tx, { id, firmId }));
			isMarked = true;
		}
		const wait = Math.min(left, LOCK_WAIT_MS);
		const moved = await plane
			.write(scope, async (tx) => {
				const lease = await lockLease(tx, id, wait);
				if (!lease || !mayTransition(lease.state, to, mover)) return null;
				// A request has begun to use the lease, so the mark must come first.
				if (isInUse(lease.state) && !isMarked) return 'AGAIN';
				const ended = await transitionLease(tx, id, to, actedBy);
				await services.record(leaseAct(ended));
				return ended;
			})
			.catch((error: unknown) => {
				if (!isLockTimeout(error)) throw error;
				left -= wait;
				return left > 0 ? 'AGAIN' : { held: seen };
			});
		if (moved !== 'AGAIN') return moved;
	}
}

/** Ends a lease for a person. @throws FirmsealError CONFLICT if it has already ended. */
export async function endLeaseAs(
	services: LeaseServices,
	lease: LeaseRowRef,
	to: EndState,
	by: Principal,
): Promise<LeaseRow> {
	const ended = await endLease(services, lease, to, by.user);
	if (!ended) throw new FirmsealError('CONFLICT', 'The lease has already ended.');
	return ended;
}
