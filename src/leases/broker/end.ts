import { isInUse, type LeaseState } from '../../access/index.ts';
import { systemEntry } from '../../audit/index.ts';
import { deleteGrantTokens, isLockTimeout, lockLease, markLeaseCleared, selectLease } from '../../database/index.ts';
import { tryToEnd } from '../end.ts';
import { takeGrants } from './grants.ts';
import { type BrokerParts, entryOf, type LeaseId } from './parts.ts';

/** How a lease is worked on, of which an earlier attempt may have failed. */
export interface Attempt {
	/** Milliseconds that it waits for whoever holds the lease's row; 0: not at all. */
	readonly patience: number;
	/** The grants were taken, and none is made any more. */
	readonly areGrantsTaken: boolean;
}

/** Beside the others: nobody waits for it. */
export const AT_ONCE: Attempt = { patience: 0, areGrantsTaken: false };

/** Milliseconds that whoever reads under a lease is given when it ends, the first time; later, and for any other lease, nobody is waited for. */
export const PATIENCE = 1_000;

/**
 * Ends a lease for the program itself. false: it has ended meanwhile, and nothing was done.
 * @throws HeldLeaseError
 */
export async function endByBroker(
	{ plane, audit, keyring }: Pick<BrokerParts, 'plane' | 'audit' | 'keyring'>,
	{ lease, firm }: LeaseId,
	state: 'EXPIRED' | 'EXHAUSTED' | 'REVOKED' | 'LAPSED',
	{ patience, areGrantsTaken }: Attempt = AT_ONCE,
): Promise<boolean> {
	const desk = {
		plane,
		record: (act: Parameters<typeof systemEntry>[1]) => audit.append([systemEntry('broker', act)]),
	};
	const ended = await tryToEnd(desk, { id: lease, firmId: firm }, state, null, patience);
	if (!ended || !('held' in ended)) return ended !== null;
	// Whoever holds the row keeps the lease from moving, and not its grants alive: it is marked.
	const wasInUse = isInUse(ended.held.state);
	if (wasInUse && !areGrantsTaken) await takeGrants({ keyring }, { lease, firm, classes: ended.held.classes });
	throw new HeldLeaseError(wasInUse);
}

/** Somebody holds the row of a lease that is to end, or that has: to be tried again. */
export class HeldLeaseError extends Error {
	override readonly name = 'HeldLeaseError';
	/** Nothing of it is granted any more, whatever becomes of the row. */
	readonly areGrantsTaken: boolean;

	constructor(areGrantsTaken: boolean) {
		super('Somebody holds the row of a lease that is to end.');
		this.areGrantsTaken = areGrantsTaken;
	}
}

/** States that nothing was ever granted before. */
const NEVER_IN_USE: readonly LeaseState[] = ['DENIED', 'CANCELLED', 'LAPSED'];

/**
 * Takes the grants of a lease that has ended, whoever holds its row: none is made for it any more. Then says on the row that none is
 * left, and waits for nobody to do so.
 * @throws HeldLeaseError
 */
export async function clearLease(
	parts: BrokerParts,
	{ lease, firm }: LeaseId,
	{ areGrantsTaken }: Attempt = AT_ONCE,
): Promise<void> {
	const { plane, audit } = parts;
	const ended = await plane.read(null, (tx) => selectLease(tx, lease));
	if (!ended || ended.endedAt === null) return;
	const hadGrants = !NEVER_IN_USE.includes(ended.state);
	if (hadGrants && !areGrantsTaken) await takeGrants(parts, { lease, firm, classes: ended.classes });
	await plane
		.write(null, async (tx) => {
			const locked = await lockLease(tx, lease, 0);
			if (!locked || locked.clearedAt !== null) return;
			if (hadGrants) await audit.append([entryOf({ lease, firm }, { action: 'key.ungrant' })]);
			await deleteGrantTokens(tx, lease);
			await markLeaseCleared(tx, lease);
		})
		.catch((error: unknown) => {
			throw isLockTimeout(error) ? new HeldLeaseError(true) : error;
		});
}
