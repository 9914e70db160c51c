import { JobDocument } from '../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../kit/content/index.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { Empty, ErrorNote, useTitle } from '../../../kit/parts/index.ts';
import type { ViewProps } from '../../screen.ts';
import { JobView } from './job-view.tsx';

const EVENTS = ['JOB'];

/** One job, read again whenever it changes. */
export function JobPage({ id = '' }: ViewProps) {
	useTitle('Job');
	const { data, error, loading, refetch } = useContentQuery(JobDocument, { variables: { id } });
	useLive(EVENTS, refetch, id);
	return (
		<>
			<p>
				<a href="#/jobs">All jobs</a>
			</p>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{data?.job && <JobView key={data.job.id} job={data.job} reload={refetch} />}
			{!data?.job && loading && <p role="status">Reading the job …</p>}
			{!data?.job && !loading && !error && (
				<Empty>
					<h1>No such job</h1>
					<p>The address is wrong, or you may not see this job.</p>
				</Empty>
			)}
		</>
	);
}
