import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import {
	ActivateBreakGlassDocument,
	CancelBreakGlassDocument,
	ReleaseBreakGlassDocument,
} from '../../kit/api/operator.generated.ts';
import { Confirm, ErrorNote } from '../../kit/parts/index.ts';
import { showMinutes } from '../../kit/text/amounts.ts';
import { useLeaseUse } from './lease-in-use.ts';
import { nameOfLease, type OwnLease } from './own-lease.ts';

/** What the requester can do with a lease in its present state. */
export function LeaseActs({ lease }: { readonly lease: OwnLease }) {
	const { chosen, choose } = useLeaseUse();
	const { state } = lease;
	if (state === 'REQUESTED') return <WithdrawRequest lease={lease} />;
	if (state === 'APPROVED') {
		return (
			<>
				<ActivateLease lease={lease} />
				<WithdrawRequest lease={lease} />
			</>
		);
	}
	if (state !== 'ACTIVATING' && state !== 'ACTIVE') return null;
	return (
		<>
			{chosen?.id === lease.id ? (
				<button type="button" onClick={() => choose(null)}>
					Stop using it
				</button>
			) : (
				<button type="button" className="primary" onClick={() => choose(lease.id)}>
					Use this lease
				</button>
			)}
			{state === 'ACTIVE' && <ReleaseLease lease={lease} />}
		</>
	);
}

function ActivateLease({ lease }: { readonly lease: OwnLease }) {
	const { choose, refresh } = useLeaseUse();
	const [activate, { loading }] = useMutation(ActivateBreakGlassDocument);
	const [error, setError] = useState<unknown>(null);
	async function act() {
		setError(null);
		try {
			await activate({ variables: { leaseId: lease.id } });
			choose(lease.id);
		} catch (failure) {
			setError(failure);
		}
		await refresh();
	}
	return (
		<>
			<button type="button" className="primary" disabled={loading} onClick={act}>
				{loading ? 'Checking every approval …' : `Activate for ${showMinutes(lease.minutes)}`}
			</button>
			{error !== null && <ErrorNote error={error} />}
		</>
	);
}

function WithdrawRequest({ lease }: { readonly lease: OwnLease }) {
	const { refresh } = useLeaseUse();
	const [cancel] = useMutation(CancelBreakGlassDocument);
	return (
		<Confirm
			label="Withdraw the request"
			title={`Withdraw ${nameOfLease(lease)}?`}
			onConfirm={() => cancel({ variables: { leaseId: lease.id } }).finally(() => void refresh())}
		>
			<p>No one can approve it any more. To read, you would have to ask again.</p>
		</Confirm>
	);
}

/** Gives a lease back before its time. */
function ReleaseLease({ lease }: { readonly lease: OwnLease }) {
	const { refresh } = useLeaseUse();
	const [release] = useMutation(ReleaseBreakGlassDocument);
	return (
		<Confirm
			label="Release"
			title={`Release ${nameOfLease(lease)}?`}
			confirm="Release the lease"
			onConfirm={() => release({ variables: { leaseId: lease.id } }).finally(() => void refresh())}
		>
			<p>
				The lease ends now, and everything that you opened leaves this screen. What you opened stays in the log, and
				someone else reviews it.
			</p>
		</Confirm>
	);
}
