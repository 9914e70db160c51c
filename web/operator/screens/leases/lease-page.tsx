import { BreakGlassLeaseDocument } from '../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../kit/content/index.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { Empty, ErrorNote, useTitle } from '../../../kit/parts/index.ts';
import type { ViewProps } from '../../screen.ts';
import { LeaseView } from './lease-view.tsx';

const EVENTS = ['LEASE'];

/** One lease, read again whenever it changes. */
export function LeasePage({ id = '' }: ViewProps) {
	useTitle('Lease');
	const { data, error, loading, refetch } = useContentQuery(BreakGlassLeaseDocument, { variables: { id } });
	useLive(EVENTS, refetch, id);
	const lease = data?.breakGlassLease;
	return (
		<>
			<p>
				<a href="#/leases">All leases</a>
			</p>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{lease && <LeaseView key={lease.id} lease={lease} reload={refetch} />}
			{!lease && loading && <p role="status">Reading the lease …</p>}
			{!lease && !loading && !error && (
				<Empty>
					<h1>No such lease</h1>
					<p>The address is wrong, or you may not see this lease.</p>
				</Empty>
			)}
		</>
	);
}
