import { insertLeaseEndsOf, isLockTimeout, lockLease, selectUnusedLeases, transitionLease } from '../database/index.ts';
import { endLease, type LeaseEndingServices } from './end-lease.ts';
import { firmScopeOfPlane, leaseAct } from './transition.ts';

/** Why a firm's leases end together, and who has brought it about. */
interface EndCause {
	readonly firm: string;
	/** User id. */
	readonly actedBy: string;
	/** Requests are denied too. */
	readonly endsRequests: boolean;
}

/** Milliseconds that a lease is waited for which no one uses: as long as someone's yes to it may take, and no longer. */
const LOCK_TIMEOUT_MS = 2_000;

/**
 * Ends what a firm's leases have stood on, after the transaction that took the ground from under them, which has put the end marks
 * beside it. Waits for anyone who uses a lease, and for no one who only holds its row.
 *
 * Those that no one uses yet come first, each when its row is free: a yes that was on its way is seen then. One that someone
 * holds for longer stays, and is worth nothing: the broker activates none without asking the policy. Then marks are put once more, for
 * a lease that was activated by what had been read just before.
 */
export async function endFirmLeases(services: LeaseEndingServices, cause: EndCause): Promise<void> {
	const { firm } = cause;
	const { plane } = services;
	const scope = firmScopeOfPlane(plane, firm);
	const unused = await plane.read(scope, (tx) => selectUnusedLeases(tx, firm));
	await Promise.all(unused.map((id) => endUnused(services, cause, id)));
	const inUse = await plane.write(scope, (tx) => insertLeaseEndsOf(tx, firm));
	await Promise.all(inUse.map((id) => endLease(services, { id, firmId: firm }, 'REVOKED', cause.actedBy)));
}

async function endUnused(
	services: LeaseEndingServices,
	{ firm, actedBy, endsRequests }: EndCause,
	id: string,
): Promise<void> {
	try {
		await services.plane.write(firmScopeOfPlane(services.plane, firm), async (tx) => {
			const lease = await lockLease(tx, id, LOCK_TIMEOUT_MS);
			const to =
				lease?.state === 'APPROVED' ? 'REVOKED' : lease?.state === 'REQUESTED' && endsRequests ? 'DENIED' : null;
			if (to) await services.record(leaseAct(await transitionLease(tx, id, to, actedBy)));
		});
	} catch (error) {
		if (!isLockTimeout(error)) throw error;
	}
}
