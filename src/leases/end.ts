import { isInUse, type LeaseMover, mayMove, type Principal } from '../access/index.ts';
import {
	insertLeaseEnd,
	isLockTimeout,
	type LeaseKey,
	type LeaseRow,
	lockLease,
	moveLease,
	type Plane,
	selectLease,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { type LeaseDesk, scopeOf } from './desk.ts';
import { actOf, type Ended } from './move.ts';

export type EndingDesk = Pick<LeaseDesk, 'plane' | 'record'>;

/** Whose moves a plane makes. @throws Error for a plane that makes none. */
function moverOf({ role }: Pick<Plane, 'role'>): LeaseMover {
	if (role === 'firmseal_operator' || role === 'firmseal_firm' || role === 'firmseal_broker')
		return role.slice('firmseal_'.length) as LeaseMover;
	throw new Error(`${role} moves no lease.`);
}

/** Milliseconds. Longer than a request holds a lease (lease-session.ts): who holds its row for longer, reads nothing under it. */
const PATIENCE = 6_500;

/** As long as the row is waited for at a time. The connections by which access ends are few, and other leases' end marks come in between. */
const AT_A_TIME = 250;

/**
 * Ends a lease. One that is in use gets its end mark first, in a transaction of its own: from then on nobody begins to use it, and the
 * move waits for whoever does. When this has returned, nothing more is opened under the lease, in any process. Should the move
 * fail, the mark stays, and the broker ends the lease.
 *
 * A lease whose row somebody holds by SQL is answered as REVOKED, once whoever used it has had the time: its mark is committed,
 * and the broker revokes it when it can.
 *
 * null: it has ended already, or can't end so, and nothing was done.
 * `actedBy`: user id; null for the program itself.
 * @throws FirmsealError AUDIT_UNAVAILABLE; CONFLICT for one that nobody uses, while somebody holds it.
 */
export async function endLease(
	desk: EndingDesk,
	key: LeaseKey,
	to: Ended,
	actedBy: string | null,
): Promise<LeaseRow | null> {
	const ended = await tryToEnd(desk, key, to, actedBy, PATIENCE);
	if (!ended || !('held' in ended)) return ended;
	const { held } = ended;
	if (!isInUse(held.state)) throw new FirmsealError('CONFLICT', 'Others hold the lease at this moment: repeat it.');
	const asEnded = { ...held, state: 'REVOKED' as const, actedBy };
	await desk.record(actOf(asEnded));
	return asEnded;
}

/** The same, waiting for no longer than `patience` milliseconds. `held`: somebody has the row; one that is in use is marked. */
export async function tryToEnd(
	desk: EndingDesk,
	{ id, firmId }: LeaseKey,
	to: Ended,
	actedBy: string | null,
	patience: number,
): Promise<LeaseRow | { readonly held: LeaseRow } | null> {
	const { plane } = desk;
	const scope = scopeOf(plane, firmId);
	const mover = moverOf(plane);
	let isMarked = false;
	for (let left = patience; ; ) {
		const seen = await plane.read(scope, (tx) => selectLease(tx, id));
		if (!seen || !mayMove(seen.state, to, mover)) return null;
		if (isInUse(seen.state) && !isMarked) {
			await plane.write(scope, (tx) => insertLeaseEnd(tx, { id, firmId }));
			isMarked = true;
		}
		const wait = Math.min(left, AT_A_TIME);
		const moved = await plane
			.write(scope, async (tx) => {
				const lease = await lockLease(tx, id, wait);
				if (!lease || !mayMove(lease.state, to, mover)) return null;
				// Somebody has begun to use it meanwhile: the mark comes first.
				if (isInUse(lease.state) && !isMarked) return 'AGAIN';
				const ended = await moveLease(tx, id, to, actedBy);
				await desk.record(actOf(ended));
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

/** Ends a lease that somebody sees in the state that is named. @throws FirmsealError CONFLICT when it has ended meanwhile. */
export async function endBy(desk: LeaseDesk, lease: LeaseKey, to: Ended, by: Principal): Promise<LeaseRow> {
	const ended = await endLease(desk, lease, to, by.user);
	if (!ended) throw new FirmsealError('CONFLICT', 'The lease has ended already.');
	return ended;
}
