import { showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { visibleLine } from '../../../kit/text/visible-line.ts';
import { CLASS_WORDS } from '../../jobs/job-words.ts';
import type { LeaseTerms } from '../../needs/use-needs-me.ts';

interface LeasesNowProps {
	readonly active: readonly LeaseTerms[];
	/** Approved, so that they may become active at any moment. */
	readonly ready: readonly LeaseTerms[];
	readonly total: number;
}

/** Who of the platform can read content of the firm now, and who could begin to. */
export function LeasesNow({ active, ready, total }: LeasesNowProps) {
	return (
		<section className="stack" aria-labelledby="now">
			<h2 id="now">Who can read your content now</h2>
			<div aria-live="polite">
				{active.length === 0 ? (
					<p className="note good">No one of the platform can read your content.</p>
				) : (
					<p className="note warn">
						{total === 1 ? 'One lease is active' : `${total} leases are active`}: people of the platform can read what
						is named here.
					</p>
				)}
			</div>
			{[...active, ...ready].map((lease) => (
				<article
					key={lease.id}
					className="card row apart"
					aria-label={visibleLine(`Lease ${lease.ticket ?? lease.id}`)}
				>
					<span className="stack tight">
						<span>
							<span className={lease.state === 'ACTIVE' ? 'badge warn' : 'badge'}>{showConstant(lease.state)}</span>{' '}
							{showConstant(lease.purpose)}: {lease.classes.map((each) => CLASS_WORDS[each]).join(', ')}
						</span>
						<span className="quiet">
							{lease.expiresAt === null ? (
								'Not activated yet'
							) : (
								<>
									Until <Time at={lease.expiresAt} />
								</>
							)}
							, {lease.used.toLocaleString()} values read
						</span>
					</span>
					<a className="button" href={`#/access/${lease.id}`}>
						See or revoke
					</a>
				</article>
			))}
		</section>
	);
}
