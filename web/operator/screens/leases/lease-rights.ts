import type { LeaseDetailsFragment, LeaseState } from '../../../kit/api/operator.generated.ts';
import { lapsesAt } from '../../../kit/lease/index.ts';
import type { Viewer } from '../../viewer.ts';

/** Ends after an approval, with which content may have been read. */
const USED_ENDS: readonly LeaseState[] = ['EXPIRED', 'REVOKED', 'RELEASED', 'EXHAUSTED'];
const REVOCABLE: readonly LeaseState[] = ['APPROVED', 'ACTIVATING', 'ACTIVE'];

/** Whether someone still has to review the lease. */
export const toReview = ({
	state,
	isReviewed,
}: {
	readonly state: LeaseState;
	readonly isReviewed: boolean;
}): boolean => !isReviewed && USED_ENDS.includes(state);

export const isStale = (lease: Pick<LeaseDetailsFragment, 'requestedAt' | 'state'>, now: number): boolean =>
	['REQUESTED', 'APPROVED'].includes(lease.state) && Date.parse(lapsesAt(lease)) <= now;

/** What the viewer can do with a lease. The API decides again: two accounts of one person count as one there. */
export interface LeaseRights {
	readonly approve: boolean;
	readonly deny: boolean;
	readonly revoke: boolean;
	readonly review: boolean;
	/** Why an approver has no button now that others have; null if there is nothing to say. */
	readonly why: string | null;
}

const NONE: LeaseRights = { approve: false, deny: false, revoke: false, review: false, why: null };

export function leaseRightsOf(viewer: Viewer, lease: LeaseDetailsFragment, now: number): LeaseRights {
	if (!viewer.operatorRoles.includes('APPROVER')) return NONE;
	const { state, requestedById, approvals } = lease;
	const isWaiting = state === 'REQUESTED';
	const isOwn = requestedById === viewer.id;
	if (isOwn)
		return {
			...NONE,
			why:
				isWaiting || toReview(lease)
					? 'You asked for this lease, so another person decides on it and reviews it.'
					: null,
		};
	const hasApproved = approvals.some(({ userId }) => userId === viewer.id);
	return {
		approve: isWaiting && !hasApproved && !isStale(lease, now),
		deny: isWaiting,
		revoke: REVOCABLE.includes(state),
		review: toReview(lease) && !hasApproved,
		why: whyNot(lease, hasApproved),
	};
}

function whyNot(lease: LeaseDetailsFragment, hasApproved: boolean): string | null {
	if (!hasApproved) return null;
	if (lease.state === 'REQUESTED') return 'You have approved this request. It waits for the others who must agree.';
	return toReview(lease) ? 'You approved this lease, so a third person reviews it.' : null;
}
