import { isInUse, type LeaseState } from '../../access/index.ts';
import { systemEntry } from '../../audit/index.ts';
import { deleteGrantTokens, isLockTimeout, lockLease, markLeaseCleared, selectLease } from '../../database/index.ts';
import { tryEndLease } from '../end-lease.ts';
import { revokeGrants } from './grants.ts';
import { type BrokerParts, type LeaseRef, leaseEntry } from './parts.ts';

/** How a lease is worked on, of which an earlier attempt may have failed. */
export interface Attempt {
	/** Milliseconds that it waits for anyone who holds the lease's row; 0: not at all. */
	readonly lockTimeout: number;
	/** The grants were taken, and none is made any more. */
	readonly areGrantsRevoked: boolean;
}

/** Beside the others: no one waits for it. */
export const WITHOUT_WAIT: Attempt = { lockTimeout: 0, areGrantsRevoked: false };

/** Milliseconds that anyone who reads under a lease is given when it ends, the first time; later, and for any other lease, no one is waited for. */
export const READER_GRACE_MS = 1_000;

/**
 * Ends a lease for the program itself. false: it has ended meanwhile, and nothing was done.
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
	// Anyone who holds the row keeps the lease from moving, and not its grants alive: it is marked.
	const wasInUse = isInUse(ended.held.state);
	if (wasInUse && !areGrantsRevoked) await revokeGrants({ keyring }, { lease, firm, classes: ended.held.classes });
	throw new LockedLeaseError(wasInUse);
}

/** Someone holds the row of a lease that is to end, or that has: to be tried again. */
export class LockedLeaseError extends Error {
	override readonly name = 'LockedLeaseError';
	/** Nothing of it is granted any more, whatever becomes of the row. */
	readonly areGrantsRevoked: boolean;

	constructor(areGrantsTaken: boolean) {
		super('Somebody holds the row of a lease that is to end.');
		this.areGrantsRevoked = areGrantsTaken;
	}
}

/** States that nothing was ever granted before. */
const NEVER_GRANTED: readonly LeaseState[] = ['DENIED', 'CANCELLED', 'LAPSED'];

/**
 * Takes the grants of a lease that has ended, no matter who holds its row: none is made for it any more. Then says on the row that none is
 * left, and waits for no one to do so.
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
