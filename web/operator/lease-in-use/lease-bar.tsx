import { ErrorNote } from '../../kit/parts/index.ts';
import { Time } from '../../kit/text/time.tsx';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { scopeInWords } from '../content/scope-in-words.ts';
import { Budget } from './budget.tsx';
import { Clock } from './clock.tsx';
import { CoveredRecords } from './covered-records.tsx';
import { EndedLease } from './ended-lease.tsx';
import { LeaseActs } from './lease-acts.tsx';
import { useLeaseUse } from './lease-in-use.ts';
import { LeaseNews } from './lease-news.tsx';
import { OpeningsDetails } from './openings-details.tsx';
import { hasEnded, nameOfLease, type OwnLease, stateInWords } from './own-lease.ts';
import './lease-in-use.css';

/** Above every screen: the lease in use, what it still allows, and how it ended. */
export function LeaseBar() {
	const { error, refresh, chosen, inUse, closing } = useLeaseUse();
	return (
		<div className="lease-bar stack tight">
			{error !== null && <ErrorNote error={error} onRetry={refresh} />}
			<LeaseNews />
			{chosen !== null && (inUse !== null || !hasEnded(chosen)) && <Using lease={chosen} isOpen={inUse !== null} />}
			{chosen !== null && inUse === null && hasEnded(chosen) && <EndedLease lease={chosen} />}
			<p className="said" role="status">
				{closing === 'TIME' && 'The time of the lease is over. What was opened has left this screen.'}
				{closing === 'OFFLINE' && 'The connection is lost. What was opened has left this screen.'}
			</p>
		</div>
	);
}

function Using({ lease, isOpen }: { readonly lease: OwnLease; readonly isOpen: boolean }) {
	const { closing } = useLeaseUse();
	return (
		<section className="card lease-in-use stack tight" aria-label="Lease in use">
			<div className="row apart">
				<p className="lease-name">
					<a href={`#/leases/${lease.id}`}>
						<VisibleText text={nameOfLease(lease)} />
					</a>{' '}
					on{' '}
					<a href={`#/firms/${lease.firmId}`}>
						<VisibleText text={lease.firm.name} />
					</a>
				</p>
				{isOpen && lease.state === 'ACTIVE' && lease.expiresAt !== null && <Clock until={lease.expiresAt} />}
			</div>
			<p>{sentenceFor(lease, closing)}</p>
			<CoveredRecords lease={lease} />
			<div className="row apart">
				<Budget lease={lease} />
				<div className="row">
					<LeaseActs lease={lease} />
				</div>
			</div>
			<div className="row lease-more">
				<details>
					<summary>What it covers</summary>
					<ul>
						{scopeInWords(lease, lease.firm.name).map((sentence) => (
							<li key={sentence}>
								<VisibleText text={sentence} />
							</li>
						))}
						{lease.expiresAt !== null && (
							<li>
								Until <Time at={lease.expiresAt} show="second" />.
							</li>
						)}
					</ul>
				</details>
				<OpeningsDetails lease={lease} />
			</div>
		</section>
	);
}

function sentenceFor(lease: OwnLease, closing: ReturnType<typeof useLeaseUse>['closing']): string {
	if (closing === 'OFFLINE')
		return 'The connection is lost, so no one can say whether the lease still holds: what was opened is closed.';
	if (closing === 'TIME') return 'Its time is over: what was opened has left this screen and this computer’s memory.';
	if (lease.state === 'EXHAUSTED')
		return 'The read budget is used up, so the lease has ended. What the last values say stays for a minute at most.';
	if (lease.state === 'ACTIVE')
		return 'What you open now is counted, recorded in the log, and told to the owners of the firm.';
	return `This lease ${stateInWords(lease.state)}.`;
}
