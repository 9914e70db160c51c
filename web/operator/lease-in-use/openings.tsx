import { useEffect } from 'react';
import { BreakGlassOpeningsDocument } from '../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../kit/content/index.ts';
import { ErrorNote, LoadMore } from '../../kit/parts/index.ts';
import { Time } from '../../kit/text/time.tsx';
import { fieldInWords } from '../content/content-fields.ts';

const PAGE = 20;

interface OpeningsProps {
	readonly lease: string;
	/** Changes when more was read. */
	readonly used: number;
}

/** What was opened under a lease, from the audit log: fields and records, never what they say. It stays when the lease has ended. */
export function Openings({ lease, used }: OpeningsProps) {
	const { data, error, loading, refetch, more } = useContentQuery(BreakGlassOpeningsDocument, {
		variables: { id: lease, last: PAGE },
	});
	useEffect(() => {
		if (used > 0) void refetch().catch(() => undefined);
	}, [used, refetch]);
	const openings = data?.breakGlassLease?.openings;
	if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
	if (!openings) return <p role="status">{loading ? 'Reading the log …' : 'The log shows no openings to you.'}</p>;
	if (openings.nodes.length === 0) return <p>Nothing has been opened under this lease.</p>;
	return (
		<div className="stack tight">
			<div className="table">
				<table className="cards">
					<caption>What was opened, newest first</caption>
					<thead>
						<tr>
							<th scope="col">When</th>
							<th scope="col">Fields</th>
							<th scope="col">Records</th>
						</tr>
					</thead>
					<tbody>
						{openings.nodes.toReversed().map(({ id, at, coordinates, recordIds }) => (
							<tr key={id}>
								<th scope="row">
									<Time at={at} show="second" />
								</th>
								<td data-label="Fields">{coordinates.map(fieldInWords).join(', ')}</td>
								<td data-label="Records" className="mono">
									{recordIds.join(', ')}
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
			<LoadMore
				hasMore={openings.pageInfo.hasPreviousPage}
				isLoading={loading}
				onMore={() =>
					more({ before: openings.pageInfo.startCursor }, (shown, page) => {
						const [now, older] = [shown.breakGlassLease?.openings, page.breakGlassLease?.openings];
						if (!shown.breakGlassLease || !now || !older) return shown;
						const joined = { ...older, nodes: [...older.nodes, ...now.nodes] };
						return { breakGlassLease: { ...shown.breakGlassLease, openings: joined } };
					})
				}
			/>
		</div>
	);
}
