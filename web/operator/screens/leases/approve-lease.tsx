import { useMutation } from '@apollo/client/react';
import { ApproveBreakGlassDocument } from '../../../kit/api/operator.generated.ts';
import { type HashCheck, HashMismatch, ReasonField, reasonOf } from '../../../kit/lease/index.ts';
import { Confirm, Person } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { LeaseScope } from '../../leases/index.ts';
import type { Attempt } from '../../outcome/index.ts';
import type { Lease } from './lease-view.tsx';
import { useTypedReason } from './typed-reason.tsx';

interface ApproveLeaseProps {
	readonly lease: Lease;
	readonly readHash: string;
	readonly hash: HashCheck;
	readonly attempt: Attempt;
}

/** Approves, for the platform, exactly the request that the person has read: this browser has calculated the hash that the approval names. */
export function ApproveLease({ lease, readHash, hash, attempt }: ApproveLeaseProps) {
	const [approve] = useMutation(ApproveBreakGlassDocument);
	const { id, firm, requester, reason } = lease;
	const [ownReason, setOwnReason] = useTypedReason(id);
	if (readHash !== lease.requestHash) return <p>Read the request again before you approve it.</p>;
	const { calculated, result } = hash;
	if (result === 'PENDING') return <p role="status">Calculating the hash of the request …</p>;
	if (result !== 'EXACT' || calculated === null) return <HashMismatch />;
	return (
		<Confirm
			label="Approve …"
			title="Approve this request for the platform?"
			confirm="Approve exactly this request"
			onConfirm={() =>
				attempt(
					() => approve({ variables: { leaseId: id, requestHash: calculated, reason: reasonOf(ownReason) } }),
					'You approved the request for the platform.',
				)
			}
		>
			<p>
				<Person person={requester} /> wants to read content of <VisibleText text={firm.name} />
				{reason ? ', because:' : '.'}
			</p>
			{reason && (
				<blockquote className="note">
					<VisibleText text={reason} form="LINES" />
				</blockquote>
			)}
			<LeaseScope lease={lease} firm={firm.name} />
			<ReasonField value={ownReason} onChange={setOwnReason} />
			<p className="hint">
				{firm.accessPolicy?.policy === 'APPROVE' && 'An owner of the firm must agree too. '}Your name stays with it in
				the log. You may be asked to sign in again.
			</p>
			<p className="hint">
				Request hash, calculated by this browser: <span className="mono">{calculated}</span>
			</p>
		</Confirm>
	);
}
