import type { LeaseTerms } from '../../needs/use-needs-me.ts';
import { LeaseRequest } from './lease-request.tsx';

interface LeaseRequestsProps {
	readonly requests: readonly LeaseTerms[];
	readonly total: number;
}

/** Requests of the platform's people to read content of the firm, oldest first. */
export function LeaseRequests({ requests, total }: LeaseRequestsProps) {
	if (requests.length === 0) return null;
	return (
		<section className="stack" aria-labelledby="requests">
			<h2 id="requests">Requests to read your content</h2>
			{requests.map((request) => (
				<LeaseRequest key={request.id} request={request} />
			))}
			{total > requests.length && (
				<p>
					{total - requests.length} more: see <a href="#/access">Access</a>.
				</p>
			)}
		</section>
	);
}
