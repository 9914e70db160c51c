import { isTerminal, type Principal, type SignedIn, whyNotFresh } from '../access/index.ts';
import {
	type LeaseRow,
	lockLease,
	reviewLease as reviewRow,
	selectLeaseApprovals,
	selectNow,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { type LeaseDesk, noSuchLease, scopeFor } from './desk.ts';
import { actOf, requireIndependent } from './move.ts';

/**
 * Signs off an ended lease: a third person, an owner or an approver, has looked at what was done under it.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN for who asked or agreed, in whatever account, and for a sign-in older than five minutes or of a
 * time that isn't told, CONFLICT for one that goes on or was
 * reviewed, AUDIT_UNAVAILABLE.
 */
export const reviewLease = (desk: LeaseDesk, by: Principal, signedIn: SignedIn, id: string): Promise<LeaseRow> =>
	desk.plane.write(scopeFor(by), async (tx) => {
		const lease = await lockLease(tx, id);
		if (!lease) throw noSuchLease();
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
		await desk.record({ ...actOf(reviewed), action: 'lease.review' });
		return reviewed;
	});
