import { skipToken, useQuery } from '@apollo/client/react';
import { NeedsMeDocument, type NeedsMeQuery } from '../../kit/api/workspace.generated.ts';
import { useLive } from '../../kit/events/use-live.ts';
import type { Viewer } from '../viewer.ts';

const KINDS = ['LEASE', 'JOB', 'MEMBER'];

export type Job = NonNullable<NeedsMeQuery['firmJobs']>[number];
export type LeaseTerms = NeedsMeQuery['requested']['nodes'][number];
export type OwnerRecovery = NonNullable<NonNullable<NeedsMeQuery['viewer']['firm']>['ownerRecovery']>;

/** What waits for an owner, kept up to date. For others there is nothing, and nothing is asked. */
export function useNeedsMe(viewer: Viewer | undefined) {
	const isOwner = viewer?.role === 'OWNER';
	const { data, error, loading, refetch } = useQuery(NeedsMeDocument, isOwner ? {} : skipToken);
	useLive(KINDS, async () => isOwner && refetch());
	const jobs = (data?.firmJobs ?? []).filter(isForOwner);
	const recovery = data?.viewer.firm?.ownerRecovery ?? null;
	return { data, error, loading, refetch, jobs, recovery };
}

const isForOwner = ({ state, needs }: Job): boolean => state === 'WAITING' && needs === 'OWNER';

/** How many things wait at each screen, by its path. */
export function useCounts(viewer: Viewer | undefined): Readonly<Record<string, number>> {
	const { data, jobs, recovery } = useNeedsMe(viewer);
	const requests = data?.requested.totalCount ?? 0;
	return { '/': requests + jobs.length + (recovery ? 1 : 0), '/access': requests };
}
