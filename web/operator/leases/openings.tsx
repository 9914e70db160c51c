import { lazy, Suspense } from 'react';
import { BreakGlassOpeningsDocument } from '../../kit/api/operator.generated.ts';
import { FEW } from '../../kit/charts/by-minutes.ts';
import { useContentList } from '../../kit/content/index.ts';
import { ErrorNote, LoadMore } from '../../kit/parts/index.ts';
import { Time } from '../../kit/text/time.tsx';
import { fieldInWords } from '../content/content-fields.ts';

const OpeningsChart = lazy(() =>
	import('../../kit/charts/openings-chart.tsx').then((chart) => ({ default: chart.OpeningsChart })),
);

/** What was opened under a lease, from the audit log: fields and records, never what they say. */
export function Openings({ lease }: { readonly lease: string }) {
	const list = useContentList(BreakGlassOpeningsDocument, {
		variables: { id: lease, count: true },
		listOf: ({ breakGlassLease }) => breakGlassLease?.openings,
		withList: (data, openings) =>
			data.breakGlassLease ? { breakGlassLease: { ...data.breakGlassLease, openings } } : data,
	});
	const { nodes, totalCount, error, isLoading, hasMore, more, refresh } = list;
	if (error) return <ErrorNote error={error} onRetry={refresh} />;
	if (!nodes) return <p role="status">{isLoading ? 'Reading the log …' : 'The log shows no openings to you.'}</p>;
	if (nodes.length === 0) return <p>Nothing was opened under this lease.</p>;
	return (
		<>
			{nodes.length > FEW && (
				<Suspense>
					<OpeningsChart times={nodes.map(({ at }) => Date.parse(at))} isWhole={!hasMore} />
				</Suspense>
			)}
			<div className="table">
				<table className="cards">
					<caption>
						{totalCount === 1 ? '1 opening' : `${(totalCount ?? nodes.length).toLocaleString()} openings`}, oldest first
					</caption>
					<thead>
						<tr>
							<th scope="col">When</th>
							<th scope="col">Fields</th>
							<th scope="col">Records</th>
						</tr>
					</thead>
					<tbody>
						{nodes.map(({ id, at, coordinates, recordIds }) => (
							<tr key={id}>
								<th scope="row">
									<Time at={at} show="second" />
								</th>
								<td data-label="Fields">{coordinates.map(fieldInWords).join(', ')}</td>
								<td data-label="Records">
									<RecordIds ids={recordIds} />
								</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
			<LoadMore hasMore={hasMore} isLoading={isLoading} onMore={more} />
		</>
	);
}

const SHOWN = 3;

function RecordIds({ ids }: { readonly ids: readonly string[] }) {
	const list = <span className="mono">{ids.join(', ')}</span>;
	if (ids.length <= SHOWN) return list;
	return (
		<details>
			<summary>{ids.length} records</summary>
			{list}
		</details>
	);
}
