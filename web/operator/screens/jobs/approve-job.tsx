import { useMutation } from '@apollo/client/react';
import { ApproveJobDocument, type JobDetailsFragment } from '../../../kit/api/operator.generated.ts';
import { Confirm, Person } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import type { Attempt } from '../../outcome/index.ts';
import { useViewer } from '../../viewer.ts';
import { isFinal, KINDS, whoAsked } from './job-words.ts';

interface ApproveJobProps {
	readonly job: JobDetailsFragment;
	readonly readHash: string;
	readonly attempt: Attempt;
}

/** For an approver who did not ask for the job, while it waits for one. */
export function ApproveJob({ job, readHash, attempt }: ApproveJobProps) {
	const viewer = useViewer();
	const [approve] = useMutation(ApproveJobDocument);
	const { id, kind, firm, askedBy, askedById, state, needs } = job;
	if (state !== 'WAITING' || needs !== 'APPROVER' || !viewer.operatorRoles.includes('APPROVER')) return null;
	if (askedById === viewer.id)
		return <p className="note">You asked for this job, so another approver decides on it.</p>;
	if (readHash !== job.requestHash) return null;
	const input = { jobId: id, requestHash: readHash };
	return (
		<section className="card stack" aria-labelledby="decide">
			<h2 id="decide">Your decision</h2>
			<p>To refuse, do nothing: a request that no one approves does nothing. Tell the requester why.</p>
			<div>
				<Confirm
					label="Approve …"
					isDangerous={isFinal(job)}
					title={`Approve: ${KINDS[kind]}?`}
					confirm="Approve exactly this job"
					onConfirm={() =>
						attempt(() => approve({ variables: { input } }), 'You approved the job. A worker does it now.')
					}
				>
					<dl className="facts">
						<dt>Firm</dt>
						<dd>{firm ? <VisibleText text={firm.name} /> : 'None: the platform, and so every firm'}</dd>
						<dt>Asked for by</dt>
						<dd>
							{askedBy ? <Person person={askedBy} /> : whoAsked(job)} <span className="quiet">{askedBy?.email}</span>
						</dd>
						<dt>Request hash</dt>
						<dd className="mono">{readHash}</dd>
					</dl>
					{isFinal(job) && (
						<p className="note bad">
							<strong>This cannot be undone.</strong>
						</p>
					)}
					<p className="hint">
						The hash covers the ids, not the names above: compare them. You may be asked to sign in again.
					</p>
				</Confirm>
			</div>
		</section>
	);
}
