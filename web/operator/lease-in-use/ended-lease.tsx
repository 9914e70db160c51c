import { useEffect, useRef } from 'react';
import { Time } from '../../kit/text/time.tsx';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { useLeaseUse } from './lease-in-use.ts';
import { OpeningsDetails } from './openings-details.tsx';
import { nameOfLease, type OwnLease, stateInWords } from './own-lease.ts';

/** What the bar says once the lease in use has ended. The history of what was opened stays. */
export function EndedLease({ lease }: { readonly lease: OwnLease }) {
	const { choose } = useLeaseUse();
	const section = useRef<HTMLElement>(null);
	// The end must be seen by a person who reads further down.
	useEffect(() => {
		// Newer browsers answer with a promise, which React would take for the effect's clean-up.
		section.current?.scrollIntoView({ block: 'nearest' });
	}, []);
	return (
		<section className="card lease-ended stack tight" aria-label="Lease that has ended" ref={section}>
			<div className="row apart">
				<p className="lease-name">
					<a href={`#/leases/${lease.id}`}>
						<VisibleText text={nameOfLease(lease)} />
					</a>{' '}
					on <VisibleText text={lease.firm.name} />
				</p>
				<button type="button" className="small" onClick={() => choose(null)}>
					Dismiss
				</button>
			</div>
			<p role="alert">
				The lease {stateInWords(lease.state)}. Everything that was opened has left this screen and this page’s memory.
			</p>
			<p className="quiet">
				{lease.endedAt !== null && (
					<>
						Ended <Time at={lease.endedAt} show="second" />.{' '}
					</>
				)}
				{lease.used} {lease.used === 1 ? 'value was' : 'values were'} read. A third person reviews what you opened.
			</p>
			<OpeningsDetails lease={lease} />
		</section>
	);
}
