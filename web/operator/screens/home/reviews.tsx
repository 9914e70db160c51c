import { Person } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useWaiting } from '../../waiting/index.ts';
import { WaitingSection } from './waiting-section.tsx';

/** Leases that were active and that a third person must sign off. */
export function Reviews() {
	const { reviews } = useWaiting();
	return (
		<WaitingSection title="Leases to review" count={reviews.length} none="No lease waits for your review.">
			{reviews.map(({ id, firm, ticket, requester, endedAt }) => (
				<li key={id} className="card row apart">
					<span>
						<strong>
							<VisibleText text={ticket ?? 'A lease'} />
						</strong>{' '}
						on <VisibleText text={firm.name} />, used by <Person person={requester} />
						{endedAt !== null && (
							<>
								, ended <Time at={endedAt} />
							</>
						)}
					</span>
					<a className="button" href={`#/leases/${id}`}>
						Review{' '}
						<span className="said">
							<VisibleText text={ticket ?? ''} />
						</span>
					</a>
				</li>
			))}
		</WaitingSection>
	);
}
