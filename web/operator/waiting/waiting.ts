import { createContext, useContext } from 'react';
import type { WaitingQuery } from '../../kit/api/operator.generated.ts';
import type { Viewer } from '../viewer.ts';

export type RequestToDecide = WaitingQuery['requested']['nodes'][number];
export type LeaseToReview = WaitingQuery['expired']['nodes'][number];
export type JobToApprove = WaitingQuery['jobs']['nodes'][number];
export type OpenAlert = WaitingQuery['alerts']['nodes'][number];

/** What waits for one person, by their roles. */
export interface WaitingFor {
	readonly requests: readonly RequestToDecide[];
	readonly reviews: readonly LeaseToReview[];
	readonly jobs: readonly JobToApprove[];
	readonly alerts: readonly OpenAlert[];
	/** Whether there are more than one answer holds. */
	readonly isCut: boolean;
}

export interface Waiting extends WaitingFor {
	readonly isLoading: boolean;
	readonly error: unknown;
	readonly reload: () => void;
}

export const WaitingContext = createContext<Waiting | null>(null);

/** @throws Error outside of the console */
export function useWaiting(): Waiting {
	const waiting = useContext(WaitingContext);
	if (waiting === null) throw new Error('useWaiting() needs the console.');
	return waiting;
}

/** Leaves out what this person may not decide: own requests, and what they have already had a part in. */
export function waitingFor(viewer: Viewer, found: WaitingQuery, now: number): WaitingFor {
	const isApprover = viewer.operatorRoles.includes('APPROVER');
	const ended = [found.expired, found.revoked, found.released, found.exhausted];
	const all = [found.requested, ...ended, found.jobs, found.alerts];
	return {
		requests: isApprover ? found.requested.nodes.filter((each) => mayDecide(viewer, each)) : [],
		reviews: isApprover
			? ended
					.flatMap(({ nodes }) => nodes)
					.filter((each) => mayReview(viewer, each))
					.toSorted((one, other) => ((one.endedAt ?? '') < (other.endedAt ?? '') ? -1 : 1))
			: [],
		jobs: isApprover ? found.jobs.nodes.filter((each) => mayApprove(viewer, each, now)) : [],
		alerts: found.alerts.nodes,
		isCut: all.some(({ pageInfo }) => pageInfo.hasNextPage),
	};
}

/** Whether an approval for the platform is still missing, and this person may give it. */
function mayDecide({ id }: Viewer, { requestedById, approvals, firm }: RequestToDecide): boolean {
	const given = approvals.filter(({ side }) => side === 'PLATFORM');
	const needed = firm.accessPolicy?.approvers ?? 1;
	return requestedById !== id && !given.some(({ userId }) => userId === id) && given.length < needed;
}

/** A third person: neither the requester nor one who approved. A lease that was never active needs no review. */
const mayReview = ({ id }: Viewer, { requestedById, approvals, activatedAt }: LeaseToReview): boolean =>
	activatedAt !== null && requestedById !== id && !approvals.some(({ userId }) => userId === id);

const mayApprove = ({ id }: Viewer, { needs, askedById, validUntil }: JobToApprove, now: number): boolean =>
	needs === 'APPROVER' && askedById !== id && (validUntil === null || Date.parse(validUntil) > now);
