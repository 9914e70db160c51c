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

/** Whose moves a plane makes. @throws Error for a plane that makes none. */
function transitionActorOf({ role }: Pick<Plane, 'role'>): LeaseTransitionActor {
	if (role === 'firmseal_operator' || role === 'firmseal_firm' || role === 'firmseal_broker')
		return role.slice('firmseal_'.length) as LeaseTransitionActor;
	throw new Error(`${role} moves no lease.`);
}

/** Milliseconds. Longer than a request holds a lease (lease-session.ts): who holds its row for longer, reads nothing under it. */
const END_TIMEOUT_MS = 6_500;

/** As long as the row is waited for at a time. The connections by which access ends are few, and other leases' end marks come in between. */
const LOCK_WAIT_MS = 250;

/**
 * Ends a lease. One that is in use gets its end mark first, in a transaction of its own: from then on no one begins to use it, and the
 * move waits for anyone who does. When this has returned, nothing more is opened under the lease, in any process. Should the move
 * fail, the mark stays, and the broker ends the lease.
 *
 * A lease whose row someone holds by SQL is answered as REVOKED, once the one who used it has had the time: its mark is committed,
 * and the broker revokes it when it can.
 *
 * null: it has ended already, or can't end so, and nothing was done.
 * `actedBy`: user id; null for the program itself.
 * @throws FirmsealError AUDIT_UNAVAILABLE; CONFLICT for one that no one uses, while someone holds it.
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
	if (!isInUse(held.state)) throw new FirmsealError('CONFLICT', 'Others hold the lease at this moment: repeat it.');
	const asEnded = { ...held, state: 'REVOKED' as const, actedBy };
	await services.record(leaseAct(asEnded));
	return asEnded;
}

/** The same, waiting for no longer than `lockTimeout` milliseconds. `held`: someone has the row; one that is in use is marked. */
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
				// Someone has begun to use it meanwhile: the mark comes first.
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

/** Ends a lease that someone sees in the state that is named. @throws FirmsealError CONFLICT when it has ended meanwhile. */
export async function endLeaseAs(
	services: LeaseServices,
	lease: LeaseRowRef,
	to: EndState,
	by: Principal,
): Promise<LeaseRow> {
	const ended = await endLease(services, lease, to, by.user);
	if (!ended) throw new FirmsealError('CONFLICT', 'The lease has ended already.');
	return ended;
}
