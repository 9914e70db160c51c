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
				<p>
					It {stateInWords(lease.state)}. <Decisions lease={lease} />
				</p>
				{lease.denial?.reason && <ReasonGiven reason={lease.denial.reason} />}
				<p className="quiet">
					Asked for <Time at={lease.requestedAt} />.{' '}
					<VisibleText text={scopeInWords(lease, lease.firm.name).join(' ')} />
				</p>
				<CoveredRecords lease={lease} />
				<div className="row">
					<LeaseActs lease={lease} />
				</div>
			</li>
		))}
	</ul>
);

/** Who agreed, for which side; and when it was denied. */
function Decisions({ lease }: { readonly lease: OwnLease }) {
	const denied = lease.events.find(({ toState }) => toState === 'DENIED');
	return (
		<>
			{lease.approvals.map(({ side, userId, user, approvedAt }) => (
				<span key={side + userId}>
					{user ? <Person person={user} /> : 'Someone'} approved for {side === 'FIRM' ? 'the firm' : 'the platform'}{' '}
					<Time at={approvedAt} />.{' '}
				</span>
			))}
			{denied && (
				<span>
					Denied <Time at={denied.at} />.
				</span>
			)}
		</>
	);
}
