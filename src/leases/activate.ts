import type { OperatorPrincipal } from '../access/index.ts';
import { isClockSound, type LeaseRow, selectNow } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { LeaseDesk } from './desk.ts';
import { findLease, moveBy, requireInTime, requireOwn } from './move.ts';

/** How long the broker is waited for, and how often it is looked whether it has decided, in milliseconds. */
const WAIT = 5_000;
const EVERY = 80;

/**
 * Asks the broker for the grants of one's own approved lease, and waits up to five seconds for what it decides. The answer is the
 * lease as it is then: ACTIVE; REVOKED, if the broker found a yes or a right missing; or still ACTIVATING, if it hasn't come
 * to it yet.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN unless it is one's own, CONFLICT unless it is APPROVED or while the database's clock
 * can't be trusted, AUDIT_UNAVAILABLE.
 */
export async function activateLease(desk: LeaseDesk, by: OperatorPrincipal, id: string): Promise<LeaseRow> {
	await askBroker(desk, by, id);
	const until = desk.clock.now() + WAIT;
	for (;;) {
		const lease = await findLease(desk, by, id);
		if (lease.state !== 'ACTIVATING' || desk.clock.now() >= until) return lease;
		await desk.clock.sleep(EVERY);
	}
}

/** The operator's own part of it. @throws FirmsealError as activateLease. */
export const askBroker = (desk: LeaseDesk, by: OperatorPrincipal, id: string): Promise<LeaseRow> =>
	moveBy(desk, by, id, { from: 'APPROVED', to: 'ACTIVATING' }, async (tx, lease) => {
		requireOwn(lease, by);
		requireInTime(lease, await selectNow(tx));
		if (!(await isClockSound(tx)))
			throw new FirmsealError(
				'CONFLICT',
				'The database’s clock has gone back, so no lease is activated: two approvers reset it by `firmseal clock reset`.',
			);
	});
