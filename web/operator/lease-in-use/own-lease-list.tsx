import { ReasonGiven } from '../../kit/lease/index.ts';
import { Person } from '../../kit/parts/index.ts';
import { Time } from '../../kit/text/time.tsx';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { scopeInWords } from '../content/scope-in-words.ts';
import { CoveredRecords } from './covered-records.tsx';
import { LeaseActs } from './lease-acts.tsx';
import { nameOfLease, type OwnLease, stateInWords } from './own-lease.ts';

/** Own requests and leases, each with what was decided and what its person can do next. */
export const OwnLeaseList = ({ leases }: { readonly leases: readonly OwnLease[] }) => (
	<ul className="own-leases">
		{leases.map((lease) => (
			<li key={lease.id} className="card stack tight">
				<h3>
					<a href={`#/leases/${lease.id}`}>
						<VisibleText text={nameOfLease(lease)} />
					</a>{' '}
					on{' '}
					<a href={`#/firms/${lease.firmId}`}>
						<VisibleText text={lease.firm.name} />
					</a>
				</h3>
				<p>It {stateInWords(lease.state)}.</p>
				<Decisions lease={lease} />
				<p className="quiet">
					Asked <Time at={lease.requestedAt} />. <VisibleText text={scopeInWords(lease, lease.firm.name).join(' ')} />
				</p>
				<CoveredRecords lease={lease} />
				<div className="row">
					<LeaseActs lease={lease} />
				</div>
			</li>
		))}
	</ul>
);

/** Who agreed or denied, for which side, and why. */
function Decisions({ lease: { approvals, denial } }: { readonly lease: OwnLease }) {
	const decisions = [
		...approvals.map((each) => ({ ...each, verb: 'approved it', at: each.approvedAt })),
		...(denial ? [{ ...denial, verb: 'denied it', at: denial.deniedAt }] : []),
	];
	return decisions.map(({ side, user, verb, at, reason }) => (
		<div key={`${verb} ${side} ${at}`}>
			<p>
				{user ? <Person person={user} /> : 'Someone'} {verb}
				{side !== null && ` for ${side === 'FIRM' ? 'the firm' : 'the platform'}`} <Time at={at} />
				{reason ? ':' : ', and gave no reason.'}
			</p>
			{reason && <ReasonGiven reason={reason} />}
		</div>
	));
}
