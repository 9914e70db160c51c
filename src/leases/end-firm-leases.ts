import { insertLeaseEndsOf, isLockTimeout, lockLease, selectUnusedLeases, transitionLease } from '../database/index.ts';
import { endLease, type LeaseEndingServices } from './end-lease.ts';
import { firmScopeOfPlane, leaseAct } from './transition.ts';

/** The change that ends a firm's leases. */
interface EndCause {
	readonly firm: string;
	/** User id. */
	readonly actedBy: string;
	/** Whether requests are denied too. */
	readonly endsRequests: boolean;
}

/** Milliseconds to wait for the row of a lease that is not in use: as long as an approval may take. */
const LOCK_TIMEOUT_MS = 2_000;

/**
 * Ends a firm's leases after its policy has become stricter. The transaction of the policy has already inserted the end marks. Waits for requests
 * that use a lease, but not for a person who only holds its row.
 *
 * Leases that are not in use end first, each when its row lock is free, so that an approval that was running is seen. If someone holds a row for
 * longer, that lease stays but can't be used: the broker checks the policy before it activates a lease. Then end marks are inserted once more,
 * for a lease that was activated under the policy as it was read just before.
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
