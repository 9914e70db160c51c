import { Time } from '../../kit/text/time.tsx';
import type { OpenAlert } from '../waiting/waiting.ts';
import type { RecentLeases } from './use-recent-leases.ts';

interface AlertSentenceProps {
	readonly alert: Pick<OpenAlert, 'rule' | 'summary' | 'leaseId'>;
	readonly leases: RecentLeases['leases'];
}

/** What an alert says, true at the moment of reading: a lease may have ended since. */
export function AlertSentence({ alert: { rule, summary, leaseId }, leases }: AlertSentenceProps) {
	const lease = rule === 'LEASE_ACTIVATED' && leaseId !== null ? leases.get(leaseId) : undefined;
	if (lease?.endedAt)
		return (
			<>
				Content could be read under a lease until <Time at={lease.endedAt} />.
			</>
		);
	if (lease?.expiresAt)
		return (
			<>
				Content can be read under a lease, until <Time at={lease.expiresAt} /> at the latest.
			</>
		);
	return summary;
}
