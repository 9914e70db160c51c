import type { OperatorPrincipal } from '../access/index.ts';
import { isClockSound, type LeaseRow, selectNow } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { LeaseServices } from './lease-services.ts';
import { findVisibleLease, requireNotOverdue, requireRequester, transitionLeaseAs } from './transition.ts';

/** How long the broker is waited for, and how often it is looked whether it has decided, in milliseconds. */
const ACTIVATION_TIMEOUT_MS = 5_000;
const POLL_INTERVAL_MS = 80;

/**
 * Asks the broker for the grants of one's own approved lease, and waits up to five seconds for what it decides. The answer is the
 * lease as it is then: ACTIVE; REVOKED, if the broker found a yes or a right missing; or still ACTIVATING, if it hasn't come
 * to it yet.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN unless it is one's own, CONFLICT unless it is APPROVED or while the database's clock
 * can't be trusted, AUDIT_UNAVAILABLE.
 */
export async function activateLease(services: LeaseServices, by: OperatorPrincipal, id: string): Promise<LeaseRow> {
	await requestActivation(services, by, id);
	const until = services.clock.now() + ACTIVATION_TIMEOUT_MS;
	for (;;) {
		const lease = await findVisibleLease(services, by, id);
		if (lease.state !== 'ACTIVATING' || services.clock.now() >= until) return lease;
		await services.clock.sleep(POLL_INTERVAL_MS);
	}
}

/** The operator's own part of it. @throws FirmsealError as activateLease. */
export const requestActivation = (services: LeaseServices, by: OperatorPrincipal, id: string): Promise<LeaseRow> =>
	transitionLeaseAs(services, by, id, { from: 'APPROVED', to: 'ACTIVATING' }, async (tx, lease) => {
		requireRequester(lease, by);
		requireNotOverdue(lease, await selectNow(tx));
		if (!(await isClockSound(tx)))
			throw new FirmsealError(
				'CONFLICT',
				'The database’s clock has gone back, so no lease is activated: two approvers reset it by `firmseal clock reset`.',
			);
	});
