import { BreakGlassLeasesDocument } from '../../../kit/api/operator.generated.ts';
import { useContentList } from '../../../kit/content/index.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { Empty, ErrorNote, LoadMore, useTitle } from '../../../kit/parts/index.ts';
import { useKept } from '../../../kit/use-kept.ts';
import { useViewer } from '../../viewer.ts';
import { type LeaseChoice, LeaseFilters, NO_CHOICE, variablesOf } from './lease-filters.tsx';
import { LeaseTable } from './lease-table.tsx';

const EVENTS = ['LEASE'];

/** All leases, newest request first. */
export function LeaseList() {
	useTitle('Leases');
	const viewer = useViewer();
	const [choice, setChoice] = useKept<LeaseChoice>('leases', NO_CHOICE);
	const list = useContentList(BreakGlassLeasesDocument, {
		variables: { ...variablesOf(choice), count: true },
		listOf: ({ breakGlassLeases }) => breakGlassLeases,
		withList: (_, leases) => ({ breakGlassLeases: leases as never }),
	});
	const { nodes, totalCount, error, isLoading, hasMore, more, refresh } = list;
	useLive(EVENTS, refresh);
	return (
		<>
			<header>
				<h1>Leases</h1>
			</header>
			<p className="reading">
				A lease is the right of one operator to read content of one firm, for a limited time and scope. Everyone who
				must agree is told, and every lease stays here after its end.
			</p>
			<LeaseFilters choice={choice} seen={nodes ?? []} viewer={viewer} onChange={setChoice} />
			{error && <ErrorNote error={error} onRetry={refresh} />}
			{!nodes && isLoading && <p role="status">Reading the leases …</p>}
			{nodes?.length === 0 && <NoLease isFiltered={choice !== NO_CHOICE} onClear={() => setChoice(NO_CHOICE)} />}
			{nodes && nodes.length > 0 && <LeaseTable leases={nodes} totalCount={totalCount ?? nodes.length} />}
			<div>
				<LoadMore hasMore={hasMore} isLoading={isLoading} onMore={more} />
			</div>
		</>
	);
}

const NoLease = ({ isFiltered, onClear }: { readonly isFiltered: boolean; readonly onClear: () => void }) => (
	<Empty>
		{isFiltered ? (
			<>
				<p>No lease is like that.</p>
				<div>
					<button type="button" onClick={onClear}>
						Show all leases
					</button>
				</div>
			</>
		) : (
			<p>No one has asked for a lease yet. An operator asks for one from the records of a firm.</p>
		)}
	</Empty>
);
