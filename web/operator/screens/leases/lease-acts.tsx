import { useMutation } from '@apollo/client/react';
import {
	DenyBreakGlassDocument,
	ReviewBreakGlassDocument,
	RevokeBreakGlassDocument,
} from '../../../kit/api/operator.generated.ts';
import { type HashCheck, ReasonField, reasonOf } from '../../../kit/lease/index.ts';
import { Confirm } from '../../../kit/parts/index.ts';
import type { Attempt } from '../../outcome/index.ts';
import { useViewer } from '../../viewer.ts';
import { ApproveLease } from './approve-lease.tsx';
import { useMinutes } from './lease-clock.tsx';
import { leaseRightsOf } from './lease-rights.ts';
import type { Lease } from './lease-view.tsx';
import { TypedReason, useTypedReason } from './typed-reason.tsx';

interface LeaseActsProps {
	readonly lease: Lease;
	/** The hash of the request that the person has read. */
	readonly readHash: string;
	readonly hash: HashCheck;
	readonly attempt: Attempt;
}

/** What this person can do with the lease now; nothing for most. */
export function LeaseActs({ lease, readHash, hash, attempt }: LeaseActsProps) {
	const rights = leaseRightsOf(useViewer(), lease, useMinutes());
	const { approve, deny, revoke, review, why } = rights;
	if (!approve && !deny && !revoke && !review && why === null) return <TypedReason lease={lease} />;
	return (
		<section className="card stack" aria-labelledby="decide">
			<h2 id="decide">{review ? 'Your review' : 'Your decision'}</h2>
			{why !== null && <p>{why}</p>}
			<div className="row">
				{approve && <ApproveLease lease={lease} readHash={readHash} hash={hash} attempt={attempt} />}
				{deny && <DenyLease lease={lease} attempt={attempt} />}
				{revoke && <RevokeLease lease={lease} attempt={attempt} />}
				{review && <ReviewLease lease={lease} attempt={attempt} />}
			</div>
		</section>
	);
}

type ActProps = Pick<LeaseActsProps, 'lease' | 'attempt'>;

function DenyLease({ lease: { id }, attempt }: ActProps) {
	const [deny] = useMutation(DenyBreakGlassDocument);
	const [reason, setReason] = useTypedReason(id);
	return (
		<Confirm
			label="Deny"
			isDangerous
			title="Deny this request?"
			confirm="Deny the request"
			onConfirm={() =>
				attempt(
					() => deny({ variables: { leaseId: id, reason: reasonOf(reason) } }),
					'You denied the request. Nothing opens under it.',
				)
			}
		>
			<p>The requester and the firm are told. The request stays in the log, and cannot be approved any more.</p>
			<ReasonField value={reason} onChange={setReason} />
		</Confirm>
	);
}

function RevokeLease({ lease: { id }, attempt }: ActProps) {
	const [revoke] = useMutation(RevokeBreakGlassDocument);
	return (
		<Confirm
			label="Revoke"
			isDangerous
			title="Revoke this lease?"
			confirm="Revoke the lease"
			onConfirm={() =>
				attempt(() => revoke({ variables: { leaseId: id } }), 'You revoked the lease. Nothing opens under it any more.')
			}
		>
			<p>Once the answer is here, nothing more opens under this lease. What was read before stays in the log.</p>
		</Confirm>
	);
}

function ReviewLease({ lease: { id }, attempt }: ActProps) {
	const [review] = useMutation(ReviewBreakGlassDocument);
	return (
		<Confirm
			label="Mark as reviewed"
			title="Is everything that was opened right?"
			confirm="I have reviewed it"
			onConfirm={() => attempt(() => review({ variables: { leaseId: id } }), 'You reviewed the lease.')}
		>
			<p>
				You say with your name that you compared the request with what was opened under it. The firm sees it. You may be
				asked to sign in again.
			</p>
		</Confirm>
	);
}
