import { mayMove } from '../access/index.ts';
import { insertLeaseEndsOf, lockUnusedLeases, moveLease } from '../database/index.ts';
import { scopeOf } from './desk.ts';
import { type EndingDesk, endLease, moverOf } from './end.ts';
import { actOf } from './move.ts';

/** Why a firm's leases end together, and who has brought it about. */
export interface Cause {
	readonly firm: string;
	/** User id. */
	readonly actedBy: string;
	/** Requests are denied too. */
	readonly endsRequests: boolean;
}

/**
 * Ends what a firm's leases have stood on, after the transaction that took the ground from under them, which has put the end marks
 * (`marked`) beside it. Waits for whoever uses a lease, and for nobody who only holds its row.
 *
 * Marks are put once more: a lease may have been activated by what the broker read just before. One that nobody uses yet and that
 * somebody holds stays: the broker activates none without asking the policy.
 */
export async function endAll(desk: EndingDesk, cause: Cause, marked: readonly string[]): Promise<void> {
	const { firm, actedBy, endsRequests } = cause;
	const mover = moverOf(desk.plane);
	const alsoMarked = await desk.plane.write(scopeOf(desk.plane, firm), async (tx) => {
		for (const { id, state } of await lockUnusedLeases(tx, firm)) {
			const to = state === 'APPROVED' ? 'REVOKED' : 'DENIED';
			if (to === 'DENIED' && !endsRequests) continue;
			if (mayMove(state, to, mover)) await desk.record(actOf(await moveLease(tx, id, to, actedBy)));
		}
		return insertLeaseEndsOf(tx, firm);
	});
	const ids = new Set([...marked, ...alsoMarked]);
	await Promise.all([...ids].map((id) => endLease(desk, { id, firmId: firm }, 'REVOKED', actedBy)));
}
