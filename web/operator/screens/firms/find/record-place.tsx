import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { NodeDocument } from '../../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../../kit/content/index.ts';
import { Empty, ErrorNote, useTitle } from '../../../../kit/parts/index.ts';
import type { ViewProps } from '../../../screen.ts';
import { FindRecord } from './find-record.tsx';
import { placeOf } from './place-of.ts';

/** Goes to where a record is shown, whichever type it has and whichever firm's it is. */
export function RecordPlace({ id = '' }: ViewProps) {
	useTitle('Record');
	const [, go] = useLocation();
	const { data, error, loading, refetch } = useContentQuery(NodeDocument, { variables: { id } });
	const place = data?.node ? placeOf(data.node) : null;
	useEffect(() => {
		if (place !== null) go(place, { replace: true });
	}, [place, go]);
	return (
		<>
			<h1>Record</h1>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{(loading || place !== null) && <p role="status">Looking for the record …</p>}
			{!loading && !error && place === null && (
				<Empty>
					<p>There is no record with this id: it was deleted, the id is wrong, or your roles do not show it.</p>
				</Empty>
			)}
			<FindRecord />
		</>
	);
}
