import { useLeaseUse } from '../lease-in-use/index.ts';
import { useWaiting } from './waiting.ts';

/** How much waits for the person at each screen, by the screen's path. */
export function useCounts(): Readonly<Record<string, number>> {
	const { requests, reviews, jobs, alerts } = useWaiting();
	const { own } = useLeaseUse();
	return {
		'/': own.filter(({ state }) => state === 'APPROVED').length,
		'/leases': requests.length + reviews.length,
		'/jobs': jobs.length,
		'/alerts': alerts.length,
	};
}
