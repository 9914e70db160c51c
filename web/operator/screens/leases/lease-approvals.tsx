import type { FirmPolicy } from '../../../kit/api/operator.generated.ts';
import { Account, Person } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import type { Lease } from './lease-view.tsx';

const POLICIES: Readonly<Record<FirmPolicy, string>> = {
	NEVER: 'The firm accepts no leases',
	APPROVE: 'One of the firm’s owners must agree too',
	NOTIFY: 'The firm’s owners are told at once; they need not agree, and can revoke at any time',
};

/** What the firm's policy asks for, and who has agreed so far. */
export function LeaseApprovals({ lease: { approvals, firm, requestHash } }: { readonly lease: Lease }) {
	const { accessPolicy } = firm;
	const given = (side: 'FIRM' | 'PLATFORM') => approvals.filter((each) => each.side === side).length;
	return (
		<section className="card stack" aria-labelledby="approvals">
			<h2 id="approvals">Policy and approvals</h2>
			<dl className="facts">
				{accessPolicy && (
					<>
						<dt>The firm’s policy</dt>
						<dd>{POLICIES[accessPolicy.policy]}</dd>
					</>
				)}
				<dt>For the platform</dt>
				<dd>
					{given('PLATFORM')}
					{accessPolicy && ` of ${accessPolicy.approvers}`}
				</dd>
				<dt>For the firm</dt>
				<dd>
					{given('FIRM')}
					{accessPolicy && (accessPolicy.policy === 'APPROVE' ? ' of 1' : ' (not required)')}
				</dd>
			</dl>
			{approvals.length === 0 && <p className="quiet">No one has approved.</p>}
			{approvals.length > 0 && (
				<ul>
					{approvals.map(({ side, userId, user, approvedAt, requestHash: approved }) => (
						<li key={`${side} ${userId}`}>
							{user ? <Person person={user} /> : <Account id={userId} />} for the{' '}
							{side === 'FIRM' ? 'firm' : 'platform'}, <Time at={approvedAt} show="second" />
							{approved === requestHash ? (
								', exactly this request'
							) : (
								<strong className="badge bad">another request: {approved}</strong>
							)}
						</li>
					))}
				</ul>
			)}
		</section>
	);
}
