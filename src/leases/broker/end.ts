import { isInUse, type LeaseState } from '../../access/index.ts';
import { systemEntry } from '../../audit/index.ts';
import { deleteGrantTokens, lockLease, markLeaseCleared, selectLease } from '../../database/index.ts';
import { tryToEnd } from '../end.ts';
import { takeGrants } from './grants.ts';
import { type BrokerParts, entryOf, type LeaseId } from './parts.ts';

/** Ends a lease for the program itself. false: it has ended meanwhile, and nothing was done. */
export async function endByBroker(
	{ plane, audit, keyring }: Pick<BrokerParts, 'plane' | 'audit' | 'keyring'>,
	{ lease, firm }: LeaseId,
	state: 'EXPIRED' | 'EXHAUSTED' | 'REVOKED' | 'LAPSED',
): Promise<boolean> {
	const desk = {
		plane,
		record: (act: Parameters<typeof systemEntry>[1]) => audit.append([systemEntry('broker', act)]),
	};
	const ended = await tryToEnd(desk, { id: lease, firmId: firm }, state, null, PATIENCE);
	if (!ended || !('held' in ended)) return ended !== null;
	// Whoever holds the row keeps the lease from moving, and not its grants alive: it is marked.
	if (isInUse(ended.held.state)) await takeGrants({ keyring }, { lease, firm, classes: ended.held.classes });
	throw new HeldLeaseError();
}

/** Milliseconds that the broker waits for a lease's row: it comes again, and others want their turn. */
export const PATIENCE = 1_000;

/** Somebody holds the row of a lease that is to end: to be tried again. */
class HeldLeaseError extends Error {
	override readonly name = 'HeldLeaseError';

	constructor() {
		super('Somebody holds the row of a lease that is to end.');
	}
}

/** States that nothing was ever granted before. */
const NEVER_IN_USE: readonly LeaseState[] = ['DENIED', 'CANCELLED', 'LAPSED'];

/**
 * Takes the grants of a lease that has ended, whoever holds its row: none is made for it any more. Then says on the row that none is
 * left.
 */
export async function clearLease(parts: BrokerParts, { lease, firm }: LeaseId): Promise<void> {
	const { plane, audit } = parts;
	const ended = await plane.read(null, (tx) => selectLease(tx, lease));
	if (!ended || ended.endedAt === null) return;
	const hadGrants = !NEVER_IN_USE.includes(ended.state);
	if (hadGrants) await takeGrants(parts, { lease, firm, classes: ended.classes });
	await plane.write(null, async (tx) => {
		const locked = await lockLease(tx, lease, PATIENCE);
		if (!locked || locked.clearedAt !== null) return;
		if (hadGrants) await audit.append([entryOf({ lease, firm }, { action: 'key.ungrant' })]);
		await deleteGrantTokens(tx, lease);
		await markLeaseCleared(tx, lease);
	});
}
