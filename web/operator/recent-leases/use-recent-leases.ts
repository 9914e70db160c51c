import { useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { RecentLeasesDocument, type RecentLeasesQuery } from '../../kit/api/operator.generated.ts';
import { useLive } from '../../kit/events/use-live.ts';

const EVENTS = ['LEASE'];

export type RecentLease = RecentLeasesQuery['breakGlassLeases']['nodes'][number];

export interface RecentLeases {
	readonly leases: ReadonlyMap<string, RecentLease>;
	/** The accounts that asked for these leases or approved them, as far as the API tells who they are. */
	readonly people: ReadonlyMap<string, { readonly name: string; readonly email: string }>;
}

/** The newest hundred leases, for alerts about a lease and for the names of accounts. */
export function useRecentLeases(): RecentLeases {
	const { data, refetch } = useQuery(RecentLeasesDocument);
	useLive(EVENTS, refetch);
	return useMemo(() => {
		const nodes = data?.breakGlassLeases.nodes ?? [];
		const asked = nodes.map(({ requestedById, requester }) => [requestedById, requester] as const);
		const approved = nodes.flatMap(({ approvals }) => approvals.map(({ userId, user }) => [userId, user] as const));
		return {
			leases: new Map(nodes.map((lease) => [lease.id, lease])),
			people: new Map([...asked, ...approved].flatMap(([id, person]) => (person ? [[id, person]] : []))),
		};
	}, [data]);
}
