import { isInUse, type LeaseState } from '../../access/index.ts';
import { systemEntry } from '../../audit/index.ts';
import { deleteGrantTokens, isLockTimeout, lockLease, markLeaseCleared, selectLease } from '../../database/index.ts';
import { tryEndLease } from '../end-lease.ts';
import { revokeGrants } from './grants.ts';
import { type BrokerParts, type LeaseRef, leaseEntry } from './parts.ts';

/** An attempt to work on a lease. */
export interface Attempt {
	/** Milliseconds to wait for the lease's row lock; 0 to not wait. */
	readonly lockTimeout: number;
	/** Whether an earlier attempt has revoked the grants. No more are made then. */
	readonly areGrantsRevoked: boolean;
}

export const WITHOUT_WAIT: Attempt = { lockTimeout: 0, areGrantsRevoked: false };

/** Milliseconds to wait for requests that read under a lease, at the first attempt to end it. */
export const READER_GRACE_MS = 1_000;

/**
 * Ends a lease on behalf of the broker. False if the lease had already ended.
 * @throws LockedLeaseError
 */
export async function endByBroker(
	{ plane, audit, keyring }: Pick<BrokerParts, 'plane' | 'audit' | 'keyring'>,
	{ lease, firm }: LeaseRef,
	state: 'EXPIRED' | 'EXHAUSTED' | 'REVOKED' | 'LAPSED',
	{ lockTimeout, areGrantsRevoked }: Attempt = WITHOUT_WAIT,
): Promise<boolean> {
	const services = {
		plane,
		record: (act: Parameters<typeof systemEntry>[1]) => audit.append([systemEntry('broker', act)]),
	};
	const ended = await tryEndLease(services, { id: lease, firmId: firm }, state, null, lockTimeout);
	if (!ended || !('held' in ended)) return ended !== null;
	// A person who holds the row can delay the transition but must not keep the grants alive. The lease is already marked as ending.
	const wasInUse = isInUse(ended.held.state);
	if (wasInUse && !areGrantsRevoked) await revokeGrants({ keyring }, { lease, firm, classes: ended.held.classes });
	throw new LockedLeaseError(wasInUse);
}

/** Someone holds the row lock of a lease that should end or be cleared. It is tried again. */
export class LockedLeaseError extends Error {
	override readonly name = 'LockedLeaseError';
	readonly areGrantsRevoked: boolean;

	constructor(areGrantsRevoked: boolean) {
		super('The row of a lease that should end is locked.');
		this.areGrantsRevoked = areGrantsRevoked;
	}
}

/** End states of leases that never had grants. */
const NEVER_GRANTED: readonly LeaseState[] = ['DENIED', 'CANCELLED', 'LAPSED'];

/**
 * Revokes the grants of an ended lease, even if its row is locked: no more grants are made for it. Then marks the row as cleared, without
 * waiting for its lock.
 * @throws LockedLeaseError
 */
export async function revokeEndedGrants(
	parts: BrokerParts,
	{ lease, firm }: LeaseRef,
	{ areGrantsRevoked }: Attempt = WITHOUT_WAIT,
): Promise<void> {
	const { plane, audit } = parts;
	const ended = await plane.read(null, (tx) => selectLease(tx, lease));
	if (!ended || ended.endedAt === null) return;
	const hadGrants = !NEVER_GRANTED.includes(ended.state);
	if (hadGrants && !areGrantsRevoked) await revokeGrants(parts, { lease, firm, classes: ended.classes });
	await plane
		.write(null, async (tx) => {
			const locked = await lockLease(tx, lease, 0);
			if (!locked || locked.clearedAt !== null) return;
			if (hadGrants) await audit.append([leaseEntry({ lease, firm }, { action: 'key.ungrant' })]);
			await deleteGrantTokens(tx, lease);
			await markLeaseCleared(tx, lease);
		})
		.catch((error: unknown) => {
			throw isLockTimeout(error) ? new LockedLeaseError(true) : error;
		});
}
