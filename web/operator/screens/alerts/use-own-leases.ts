import { skipToken, useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { BreakGlassLeasesDocument } from '../../../kit/api/operator.generated.ts';
import { useViewer } from '../../viewer.ts';

/** Older leases are not looked up: the API then says why the person may not acknowledge. */
const MOST = 100;

/** The leases that the viewer asked for: another person must acknowledge alerts about them. */
export function useOwnLeases(): ReadonlySet<string> {
	const viewer = useViewer();
	const { data } = useQuery(
		BreakGlassLeasesDocument,
		viewer.operatorRoles.includes('OPERATOR')
			? { variables: { first: MOST, filter: { requestedById: viewer.id } } }
			: skipToken,
	);
	return useMemo(() => new Set(data?.breakGlassLeases.nodes.map(({ id }) => id)), [data]);
}
