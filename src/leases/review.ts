import { isTerminal, type Principal, type SignInTime, whyNotFresh } from '../access/index.ts';
import {
	type LeaseRow,
	lockLease,
	setLeaseReviewed as reviewRow,
	selectLeaseApprovals,
	selectNow,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { firmScopeOfPrincipal, type LeaseServices, leaseNotFound } from './lease-services.ts';
import { leaseAct, requireIndependent } from './transition.ts';

/**
 * Signs off an ended lease: a third person, an owner or an approver, has looked at what was done under it.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN for who asked or agreed, in whatever account, and for a sign-in older than five minutes or of a
 * time that isn't told, CONFLICT for one that goes on or was
 * reviewed, AUDIT_UNAVAILABLE.
 */
export const reviewLease = (
	services: LeaseServices,
	by: Principal,
	signedIn: SignInTime,
	id: string,
): Promise<LeaseRow> =>
	services.plane.write(firmScopeOfPrincipal(by), async (tx) => {
		const lease = await lockLease(tx, id);
		if (!lease) throw leaseNotFound();
		const agreed = (await selectLeaseApprovals(tx, [id])).map(({ userId }) => userId);
		await requireIndependent(
			tx,
			by,
			[lease.requestedBy, ...agreed],
			'A third person reviews a lease: neither who asked for it nor who agreed.',
		);
		const stale = whyNotFresh('Reviewing a lease', signedIn, await selectNow(tx));
		if (stale) throw new FirmsealError('FORBIDDEN', stale);
		if (!isTerminal(lease.state))
			throw new FirmsealError('CONFLICT', `The lease is ${lease.state}: it is reviewed when it has ended.`);
		if (lease.reviewedBy !== null) throw new FirmsealError('CONFLICT', 'The lease was reviewed already.');
		const reviewed = await reviewRow(tx, id, by.user);
		await services.record({ ...leaseAct(reviewed), action: 'lease.review' });
		return reviewed;
	});
