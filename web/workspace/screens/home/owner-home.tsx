import { Empty, ErrorNote } from '../../../kit/parts/index.ts';
import { useNeedsMe } from '../../needs/use-needs-me.ts';
import { Notices } from '../../notices/notices.tsx';
import { useViewer } from '../../viewer.ts';
import { JobsToDecide } from './jobs-to-decide.tsx';
import { LeaseRequests } from './lease-requests.tsx';
import { LeasesNow } from './leases-now.tsx';
import { LogState } from './log-state.tsx';
import { RecoveryOfOwner } from './recovery-of-owner.tsx';

/** Requests, jobs and a recovery that wait for an owner, and who can read content now. */
export function OwnerHome() {
	const { data, error, jobs, recovery, refetch } = useNeedsMe(useViewer());
	if (!data) return error ? <ErrorNote error={error} onRetry={refetch} /> : <p role="status">Loading …</p>;
	const isNothing = data.requested.nodes.length === 0 && jobs.length === 0 && recovery === null;
	return (
		<>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			<div role="status" className={isNothing ? undefined : 'said'}>
				{isNothing && (
					<Empty>
						<p>
							<strong>Nothing waits for you.</strong>
						</p>
						<p>Requests to read your firm’s content, and jobs on its keys, appear here as soon as someone asks.</p>
					</Empty>
				)}
			</div>
			{recovery && <RecoveryOfOwner recovery={recovery} onCancelled={refetch} />}
			<LeaseRequests requests={data.requested.nodes} total={data.requested.totalCount} />
			<JobsToDecide jobs={jobs} onDecided={refetch} />
			<LeasesNow
				active={data.active.nodes}
				ready={[...data.approved.nodes, ...data.activating.nodes]}
				total={data.active.totalCount}
			/>
			<LogState />
			<Notices />
		</>
	);
}
