import type { OperatorPrincipal, Principal } from '../access/index.ts';
import type { LeaseRow } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { LeaseDesk } from './desk.ts';
import { endBy } from './end.ts';
import { findLease, moveBy, requireAnotherPerson, requireOwn, requireState } from './move.ts';

const NOT_ONES_OWN = 'Another person than the one who asked decides: cancel or release your own lease.';

/**
 * Says no to a request: an owner for the firm, an approver for the platform.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN for whoever asked, CONFLICT unless it is REQUESTED, AUDIT_UNAVAILABLE.
 */
export const denyLease = (desk: LeaseDesk, by: Principal, id: string): Promise<LeaseRow> =>
	moveBy(desk, by, id, { from: 'REQUESTED', to: 'DENIED' }, async (tx, { requestedBy }) => {
		if (by.kind === 'operator') await requireAnotherPerson(tx, by, [requestedBy], NOT_ONES_OWN);
	});

/** Takes one's own request back. @throws FirmsealError NOT_FOUND, FORBIDDEN, CONFLICT unless it is REQUESTED, AUDIT_UNAVAILABLE. */
export const cancelLease = (desk: LeaseDesk, by: OperatorPrincipal, id: string): Promise<LeaseRow> =>
	moveBy(desk, by, id, { from: 'REQUESTED', to: 'CANCELLED' }, async (_tx, lease) => requireOwn(lease, by));

/**
 * Gives one's own lease back before its time. When this has returned, nothing more is opened under it.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN, CONFLICT unless it is ACTIVE, AUDIT_UNAVAILABLE.
 */
export async function releaseLease(desk: LeaseDesk, by: OperatorPrincipal, id: string): Promise<LeaseRow> {
	const lease = await findLease(desk, by, id);
	requireOwn(lease, by);
	requireState(lease, 'ACTIVE');
	return endBy(desk, lease, 'RELEASED', by);
}

/**
 * Takes a lease away: an owner for the firm, an approver for the platform. When this has returned, nothing more is opened under
 * it, in any process.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN for whoever asked, CONFLICT for one that can't be used, AUDIT_UNAVAILABLE.
 */
export async function revokeLease(desk: LeaseDesk, by: Principal, id: string): Promise<LeaseRow> {
	const lease = await findLease(desk, by, id);
	if (by.kind === 'operator')
		await desk.plane.read(null, (tx) => requireAnotherPerson(tx, by, [lease.requestedBy], NOT_ONES_OWN));
	if (lease.state === 'REQUESTED') throw new FirmsealError('CONFLICT', 'The lease is only REQUESTED: deny it instead.');
	return endBy(desk, lease, 'REVOKED', by);
}
