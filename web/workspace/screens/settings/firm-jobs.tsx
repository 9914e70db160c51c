import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { FirmJobsDocument } from '../../../kit/api/workspace.generated.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { Empty, ErrorNote, LoadMore } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { JobDecision } from '../../jobs/job-decision.tsx';
import { JobFacts } from '../../jobs/job-facts.tsx';
import { JobProgress } from '../../jobs/job-progress.tsx';
import { JOB_STATE_BADGES, JOB_STATE_WORDS, JOB_WORDS } from '../../jobs/job-words.ts';

const KINDS = ['JOB'];
const PAGE = 10;

/** The newest jobs on the firm's keys and content, with their progress. */
export function FirmJobs() {
	const { data, error, refetch } = useQuery(FirmJobsDocument);
	const [shown, setShown] = useState(PAGE);
	useLive(KINDS, refetch);
	const jobs = data?.firmJobs ?? [];
	return (
		<section className="stack" aria-labelledby="jobs">
			<h2 id="jobs">Jobs</h2>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{!data && !error && <p role="status">Loading …</p>}
			{data && jobs.length === 0 && (
				<Empty>
					<p>No jobs yet. Work on your keys and content, such as a new version of a key, appears here.</p>
				</Empty>
			)}
			{jobs.slice(0, shown).map((job) => (
				<article key={`${job.id} ${job.requestHash}`} className="card stack tight" aria-labelledby={`job-${job.id}`}>
					<div className="row apart">
						<h3 id={`job-${job.id}`}>{JOB_WORDS[job.kind]}</h3>
						<span className={JOB_STATE_BADGES[job.state]}>{JOB_STATE_WORDS[job.state]}</span>
					</div>
					<p className="quiet">
						Asked <Time at={job.askedAt} />
						{job.endedAt !== null && (
							<>
								, ended <Time at={job.endedAt} />
							</>
						)}
					</p>
					<JobProgress job={job} />
					<details>
						<summary>The whole request</summary>
						<JobFacts job={job} />
					</details>
					{job.state === 'WAITING' && job.needs === 'OWNER' && <JobDecision job={job} onDecided={refetch} />}
					{job.state === 'WAITING' && job.needs === 'APPROVER' && (
						<p className="quiet">Waits for an approver of the platform.</p>
					)}
				</article>
			))}
			<LoadMore hasMore={jobs.length > shown} isLoading={false} onMore={() => setShown(shown + PAGE)} />
		</section>
	);
}
