import { useEffect, useState } from 'react';
import { lapsesAt } from '../../../kit/lease/index.ts';
import { showMinutes } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { isStale } from './lease-rights.ts';
import type { Lease } from './lease-view.tsx';

const MINUTE = 60_000;

/** The time now, told once a minute. */
export function useMinutes(): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), MINUTE);
		return () => clearInterval(timer);
	}, []);
	return now;
}

/** How long the lease, or the request for it, still lasts. */
export function LeaseClock({ lease }: { readonly lease: Lease }) {
	const now = useMinutes();
	const { state, expiresAt, used, readBudget } = lease;
	if (isStale(lease, now))
		return (
			<p className="note bad" role="status">
				<strong>This request is stale.</strong> It was open until <Time at={lapsesAt(lease)} />, and no one can approve
				or activate it any more. The requester has to ask again.
			</p>
		);
	if (state === 'REQUESTED' || state === 'APPROVED')
		return (
			<p className="note warn">
				{state === 'REQUESTED' ? 'Waits for approval' : 'Waits for the requester to activate it'} until{' '}
				<Time at={lapsesAt(lease)} />; then it lapses.
			</p>
		);
	if (state !== 'ACTIVE' || expiresAt === null) return null;
	const minutes = Math.max(0, Math.ceil((Date.parse(expiresAt) - now) / MINUTE));
	return (
		<p className="note warn">
			<strong>Content can be read under this lease now</strong>, until <Time at={expiresAt} show="second" /> (
			{showMinutes(minutes)} left). Values read: {used.toLocaleString()}
			{readBudget !== null && ` of ${readBudget.toLocaleString()}`}.
		</p>
	);
}
