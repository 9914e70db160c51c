import { useMutation } from '@apollo/client/react';
import { ApproveJobDocument, DenyJobDocument } from '../../kit/api/workspace.generated.ts';
import { Confirm } from '../../kit/parts/index.ts';
import type { Job } from '../needs/use-needs-me.ts';
import { JobFacts } from './job-facts.tsx';
import { IRREVERSIBLE } from './job-words.ts';

interface JobDecisionProps {
	readonly job: Job;
	/** Reads the jobs again, after a decision and after a refused one. */
	readonly onDecided: () => unknown;
}

/** An owner agrees to exactly the job that is in view, or denies it. */
export function JobDecision({ job, onDecided }: JobDecisionProps) {
	const [approve] = useMutation(ApproveJobDocument);
	const [deny] = useMutation(DenyJobDocument);
	const isForGood = IRREVERSIBLE.includes(job.kind);
	const after = (decision: Promise<unknown>) => decision.finally(() => void onDecided());
	if (job.validUntil !== null && Date.parse(job.validUntil) < Date.now())
		return <p className="note warn">This request has expired: no one can approve it any more.</p>;
	return (
		<div className="row">
			<Confirm
				label="Approve"
				isDangerous={isForGood}
				title="Approve this job?"
				confirm={isForGood ? 'Approve for good' : 'Approve'}
				onConfirm={() => after(approve({ variables: { input: { jobId: job.id, requestHash: job.requestHash } } }))}
			>
				<JobFacts job={job} />
				<p className={isForGood ? 'note bad' : 'note'}>
					{isForGood
						? 'A worker then does this job. What it does cannot be undone by anyone.'
						: 'A worker then does this job. Your approval covers exactly what you see here.'}
				</p>
			</Confirm>
			<Confirm
				label="Deny"
				title="Deny this job?"
				onConfirm={() => after(deny({ variables: { input: { jobId: job.id } } }))}
			>
				<JobFacts job={job} />
				<p className="note">The job is cancelled. The person who asked for it must ask again.</p>
			</Confirm>
		</div>
	);
}
