import { mayMove } from '../access/index.ts';
import { insertLeaseEndsOf, lockUnusedLeases, moveLease, type Transaction } from '../database/index.ts';
import { scopeOf } from './desk.ts';
import { type EndingDesk, endLease, moverOf } from './end.ts';
import { actOf } from './move.ts';

/** Why a firm's leases end together, and who has brought it about. */
export interface Cause {
	readonly firm: string;
	/** User id; null for the program itself. */
	readonly actedBy: string | null;
	/** Requests are denied too. */
	readonly endsRequests: boolean;
}

/**
 * The first half, inside the transaction that takes the ground from under a firm's leases: what nobody uses yet ends with it, what
 * is in use gets its end mark. Answers the leases that endMarked() must end after the commit.
 *
 * The unused are locked, so that a yes or an activation which is on its way is seen, or sees what this transaction
 * commits. Those in use aren't: whoever uses them would hold up the marks.
 */
export async function endUnused(
	tx: Transaction,
	desk: EndingDesk,
	{ firm, actedBy, endsRequests }: Cause,
): Promise<readonly string[]> {
	const mover = moverOf(desk.plane);
	for (const { id, state } of await lockUnusedLeases(tx, firm)) {
		const to = state === 'APPROVED' ? 'REVOKED' : 'DENIED';
		if (to === 'DENIED' && !endsRequests) continue;
		if (mayMove(state, to, mover)) await desk.record(actOf(await moveLease(tx, id, to, actedBy)));
	}
	return insertLeaseEndsOf(tx, firm);
}

/** The second half: waits for whoever uses them. Should it be cut off, the broker ends what is marked. */
export async function endMarked(desk: EndingDesk, { firm, actedBy }: Cause, ids: readonly string[]): Promise<void> {
	await Promise.all(ids.map((id) => endLease(desk, { id, firmId: firm }, 'REVOKED', actedBy)));
}

/**
 * Revokes every lease of a firm that could be used or is: what to do when the firm's key is refused. When this has returned, nothing more
 * of the firm is opened under any. A request may still be agreed to.
 * @throws FirmsealError AUDIT_UNAVAILABLE.
 */
export async function revokeLeasesOf(desk: EndingDesk, firm: string): Promise<void> {
	const cause = { firm, actedBy: null, endsRequests: false };
	const marked = await desk.plane.write(scopeOf(desk.plane, firm), (tx) => endUnused(tx, desk, cause));
	await endMarked(desk, cause, marked);
}
