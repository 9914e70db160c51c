import type { JobDetailsFragment } from '../../../kit/api/operator.generated.ts';
import { Person } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { JobProgress } from './job-progress.tsx';
import { JobStateBadge } from './job-state-badge.tsx';
import { KINDS, whoAsked } from './job-words.ts';

interface JobTableProps {
	readonly jobs: readonly JobDetailsFragment[];
	readonly totalCount: number;
}

export const JobTable = ({ jobs, totalCount }: JobTableProps) => (
	<div className="table">
		<table className="cards">
			<caption>{totalCount === 1 ? '1 job' : `${totalCount.toLocaleString()} jobs`}, newest request first</caption>
			<thead>
				<tr>
					<th scope="col">Job</th>
					<th scope="col">Firm</th>
					<th scope="col">State</th>
					<th scope="col">Progress</th>
					<th scope="col">Asked for by</th>
					<th scope="col">Asked</th>
				</tr>
			</thead>
			<tbody>
				{jobs.map((job) => (
					<tr key={job.id}>
						<th scope="row">
							<a href={`#/jobs/${job.id}`}>{KINDS[job.kind]}</a>
						</th>
						<td data-label="Firm">{job.firm ? <VisibleText text={job.firm.name} /> : 'The platform'}</td>
						<td data-label="State">
							<JobStateBadge state={job.state} />
						</td>
						<td data-label="Progress">
							<JobProgress job={job} />
						</td>
						<td data-label="Asked for by">
							{job.askedBy ? (
								<Person person={job.askedBy} />
							) : job.askedById === null ? (
								'A command or the program'
							) : (
								whoAsked(job)
							)}
						</td>
						<td data-label="Asked">
							<Time at={job.askedAt} />
						</td>
					</tr>
				))}
			</tbody>
		</table>
	</div>
);
