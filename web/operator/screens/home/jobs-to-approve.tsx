import { Person } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useWaiting } from '../../waiting/index.ts';
import { KINDS } from '../jobs/job-words.ts';
import { WaitingSection } from './waiting-section.tsx';

/** Jobs on keys and content that need another approver. */
export function JobsToApprove() {
	const { jobs } = useWaiting();
	return (
		<WaitingSection title="Jobs to approve" count={jobs.length} none="No job waits for your approval.">
			{jobs.map(({ id, firm, kind, askedBy, askedAt }) => (
				<li key={id} className="card row apart">
					<span>
						<strong>{KINDS[kind]}</strong>, for {firm ? <VisibleText text={firm.name} /> : 'the platform'}: asked for{' '}
						{askedBy && (
							<>
								by <Person person={askedBy} />{' '}
							</>
						)}
						<Time at={askedAt} />
					</span>
					<a className="button" href={`#/jobs/${id}`}>
						Read and approve<span className="said"> {KINDS[kind]}</span>
					</a>
				</li>
			))}
		</WaitingSection>
	);
}
