import { lazy, Suspense } from 'react';
import { BreakGlassOpeningsDocument } from '../../kit/api/operator.generated.ts';
import { FEW } from '../../kit/charts/by-minutes.ts';
import { useContentList } from '../../kit/content/index.ts';
import { ErrorNote, LoadMore } from '../../kit/parts/index.ts';
import { OpeningsTable } from './openings-table.tsx';

const OpeningsChart = lazy(() =>
	import('../../kit/charts/openings-chart.tsx').then((chart) => ({ default: chart.OpeningsChart })),
);

/** All that was opened under a lease, from the audit log. */
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
			<OpeningsTable
				caption={`${totalCount === 1 ? '1 opening' : `${(totalCount ?? nodes.length).toLocaleString()} openings`}, oldest first`}
				openings={nodes}
			/>
			<LoadMore hasMore={hasMore} isLoading={isLoading} onMore={more} />
		</>
	);
}
