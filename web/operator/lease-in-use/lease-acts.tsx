import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import {
	ActivateBreakGlassDocument,
	CancelBreakGlassDocument,
	type LeaseState,
	ReleaseBreakGlassDocument,
} from '../../kit/api/operator.generated.ts';
import { Confirm, ErrorNote } from '../../kit/parts/index.ts';
import { showMinutes } from '../../kit/text/amounts.ts';
import { useLeaseUse } from './lease-in-use.ts';
import { nameOfLease, type OwnLease } from './own-lease.ts';

/** States in which the requester can do something. The API lets no one withdraw a request that is approved: it lapses if it is not used. */
const WITH_ACTS: readonly LeaseState[] = ['REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE'];

export const hasOwnActs = ({ state }: Pick<OwnLease, 'state'>): boolean => WITH_ACTS.includes(state);

interface LeaseActsProps {
	readonly lease: OwnLease;
	/** Also reads again what the screen shows of the lease. */
	readonly onActed?: () => Promise<unknown>;
}

/** What the requester can do with a lease in its present state. */
export function LeaseActs({ lease, onActed }: LeaseActsProps) {
	const { chosen, choose } = useLeaseUse();
	const { state } = lease;
	const props = { lease, ...(onActed && { onActed }) };
	if (!hasOwnActs(lease)) return null;
	if (state === 'REQUESTED') return <WithdrawRequest {...props} />;
	if (state === 'APPROVED') return <ActivateLease {...props} />;
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
			{state === 'ACTIVE' && <ReleaseLease {...props} />}
		</>
	);
}

/** Reads the person's own leases again, and what the screen shows of this one. Never rejects. */
function useRefresh(onActed: LeaseActsProps['onActed']): () => Promise<unknown> {
	const { refresh } = useLeaseUse();
	return () => Promise.all([refresh(), onActed?.().catch(() => undefined)]);
}

function ActivateLease({ lease, onActed }: LeaseActsProps) {
	const { choose } = useLeaseUse();
	const refresh = useRefresh(onActed);
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

function WithdrawRequest({ lease, onActed }: LeaseActsProps) {
	const refresh = useRefresh(onActed);
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
function ReleaseLease({ lease, onActed }: LeaseActsProps) {
	const refresh = useRefresh(onActed);
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
