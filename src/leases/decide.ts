import type { OperatorPrincipal, Principal } from '../access/index.ts';
import type { LeaseRow } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { endLeaseAs } from './end-lease.ts';
import type { LeaseServices } from './lease-services.ts';
import {
	findVisibleLease,
	requireAnotherPerson,
	requireRequester,
	requireState,
	transitionLeaseAs,
} from './transition.ts';

const OTHER_PERSON_REQUIRED = 'Another person than the one who asked decides: cancel or release your own lease.';

/**
 * Says no to a request: an owner for the firm, an approver for the platform.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN for whoever asked, CONFLICT unless it is REQUESTED, AUDIT_UNAVAILABLE.
 */
export const denyLease = (services: LeaseServices, by: Principal, id: string): Promise<LeaseRow> =>
	transitionLeaseAs(services, by, id, { from: 'REQUESTED', to: 'DENIED' }, async (tx, { requestedBy }) => {
		if (by.kind === 'operator') await requireAnotherPerson(tx, by, [requestedBy], OTHER_PERSON_REQUIRED);
	});

/** Takes one's own request back. @throws FirmsealError NOT_FOUND, FORBIDDEN, CONFLICT unless it is REQUESTED, AUDIT_UNAVAILABLE. */
export const cancelLease = (services: LeaseServices, by: OperatorPrincipal, id: string): Promise<LeaseRow> =>
	transitionLeaseAs(services, by, id, { from: 'REQUESTED', to: 'CANCELLED' }, async (_tx, lease) =>
		requireRequester(lease, by),
	);

/**
 * Gives one's own lease back before its time. When this has returned, nothing more is opened under it.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN, CONFLICT unless it is ACTIVE, AUDIT_UNAVAILABLE.
 */
export async function releaseLease(services: LeaseServices, by: OperatorPrincipal, id: string): Promise<LeaseRow> {
	const lease = await findVisibleLease(services, by, id);
	requireRequester(lease, by);
	requireState(lease, 'ACTIVE');
	return endLeaseAs(services, lease, 'RELEASED', by);
}

/**
 * Takes a lease away: an owner for the firm, an approver for the platform. When this has returned, nothing more is opened under
 * it, in any process.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN for whoever asked, CONFLICT for one that can't be used, AUDIT_UNAVAILABLE.
 */
export async function revokeLease(services: LeaseServices, by: Principal, id: string): Promise<LeaseRow> {
	const lease = await findVisibleLease(services, by, id);
	if (by.kind === 'operator')
		await services.plane.read(null, (tx) => requireAnotherPerson(tx, by, [lease.requestedBy], OTHER_PERSON_REQUIRED));
	if (lease.state === 'REQUESTED') throw new FirmsealError('CONFLICT', 'The lease is only REQUESTED: deny it instead.');
	return endLeaseAs(services, lease, 'REVOKED', by);
}
