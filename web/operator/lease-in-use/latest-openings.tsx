import { useEffect } from 'react';
import { BreakGlassOpeningsDocument } from '../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../kit/content/index.ts';
import { ErrorNote, LoadMore } from '../../kit/parts/index.ts';
import { OpeningsTable } from '../leases/openings-table.tsx';

const PAGE = 20;

interface LatestOpeningsProps {
	readonly lease: string;
	/** Changes when more was read. */
	readonly used: number;
}

/** What was opened under the lease in use, from the audit log. It stays when the lease has ended. */
export function LatestOpenings({ lease, used }: LatestOpeningsProps) {
	const { data, error, loading, refetch, more } = useContentQuery(BreakGlassOpeningsDocument, {
		variables: { id: lease, last: PAGE },
	});
	useEffect(() => {
		if (used > 0) void refetch().catch(() => undefined);
	}, [used, refetch]);
	const openings = data?.breakGlassLease?.openings;
	if (error) return <ErrorNote error={error} onRetry={refetch} />;
	if (!openings) return <p role="status">{loading ? 'Reading the log …' : 'The log shows no openings to you.'}</p>;
	if (openings.nodes.length === 0) return <p>Nothing has been opened under this lease.</p>;
	return (
		<div className="stack tight">
			<OpeningsTable caption="What was opened, newest first" openings={openings.nodes.toReversed()} />
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
