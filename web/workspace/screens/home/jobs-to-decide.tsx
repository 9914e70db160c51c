import { JobDecision } from '../../jobs/job-decision.tsx';
import { JobFacts } from '../../jobs/job-facts.tsx';
import { JOB_WORDS } from '../../jobs/job-words.ts';
import type { Job } from '../../needs/use-needs-me.ts';

interface JobsToDecideProps {
	readonly jobs: readonly Job[];
	readonly onDecided: () => unknown;
}

/** Jobs that wait for an owner's approval. */
export function JobsToDecide({ jobs, onDecided }: JobsToDecideProps) {
	if (jobs.length === 0) return null;
	return (
		<section className="stack" aria-labelledby="jobs">
			<h2 id="jobs">Jobs that wait for your approval</h2>
			{jobs.map((job) => (
				<article key={`${job.id} ${job.requestHash}`} className="card stack tight" aria-labelledby={`job-${job.id}`}>
					<h3 id={`job-${job.id}`}>{JOB_WORDS[job.kind]}</h3>
					<JobFacts job={job} />
					<JobDecision job={job} onDecided={onDecided} />
				</article>
			))}
		</section>
	);
}
