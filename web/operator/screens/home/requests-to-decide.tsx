import { Person } from '../../../kit/parts/index.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useWaiting } from '../../waiting/index.ts';
import { WaitingSection } from './waiting-section.tsx';
import './home.css';

/** Requests that need this approver. The whole request is at its own address, where the person decides. */
export function RequestsToDecide() {
	const { requests } = useWaiting();
	return (
		<WaitingSection title="Requests to decide" count={requests.length} none="No request waits for your decision.">
			{requests.map(({ id, firm, purpose, ticket, requester, requestedAt }) => (
				<li key={id} className="card row apart">
					<span>
						<strong>
							<VisibleText text={ticket ?? 'A request'} />
						</strong>{' '}
						on <VisibleText text={firm.name} />, by <Person person={requester} />: {showConstant(purpose)},{' '}
						<Time at={requestedAt} />
					</span>
					<a className="button primary" href={`#/leases/${id}`}>
						Read and decide
						<span className="said">
							{' on '}
							<VisibleText text={ticket ?? ''} />
						</span>
					</a>
				</li>
			))}
		</WaitingSection>
	);
}
