import { useState } from 'react';
import type { JobDetailsFragment } from '../../../kit/api/operator.generated.ts';
import { LiveChange, OutcomeNote, useOutcome } from '../../outcome/index.ts';
import { ApproveJob } from './approve-job.tsx';
import { JobFacts } from './job-facts.tsx';
import { JobProgress } from './job-progress.tsx';
import { JobStateBadge } from './job-state-badge.tsx';
import { JOB_STATES, KINDS } from './job-words.ts';
import { TroubleNote } from './trouble-note.tsx';

interface JobViewProps {
	readonly job: JobDetailsFragment;
	readonly reload: () => Promise<unknown>;
}

/** A job: the whole request, how far it is, and what the viewer can do with it. */
export function JobView({ job, reload }: JobViewProps) {
	// What the person has read. A later answer with another hash must not be approved unseen.
	const [readHash, setReadHash] = useState(job.requestHash);
	const { outcome, attempt, isRunning } = useOutcome(reload);
	return (
		<>
			<header>
				<h1>{KINDS[job.kind]}</h1>
				<JobStateBadge state={job.state} />
			</header>
			<OutcomeNote outcome={outcome} />
			<LiveChange state={JOB_STATES[job.state][0]} outcome={outcome} isRunning={isRunning} />
			<TroubleNote job={job} />
			{readHash !== job.requestHash && (
				<div className="note bad stack tight" role="alert">
					<p>
						<strong>This is not the request that you have read.</strong> Read it again before you approve it.
					</p>
					<div>
						<button type="button" onClick={() => setReadHash(job.requestHash)}>
							I have read it again
						</button>
					</div>
				</div>
			)}
			<JobFacts job={job} />
			<section className="card stack tight" aria-labelledby="progress">
				<h2 id="progress">Progress</h2>
				<div aria-live="polite">
					<JobProgress job={job} />
				</div>
			</section>
			<ApproveJob job={job} readHash={readHash} attempt={attempt} />
		</>
	);
}
