import { Empty } from '../../../kit/parts/index.ts';
import { hasEnded, OwnLeaseList, useLeaseUse } from '../../lease-in-use/index.ts';

/** The person's own requests: what they can do next, and every decision, also once a lease has ended. */
export function OwnRequests() {
	const { own, isLoading, error } = useLeaseUse();
	const open = own.filter((lease) => !hasEnded(lease));
	const ended = own.filter(hasEnded);
	return (
		<section className="stack" aria-label="Your requests and leases">
			<h2>Your requests and leases</h2>
			{isLoading && <p role="status">Loading your requests …</p>}
			{!isLoading && error === null && own.length === 0 && (
				<Empty>
					<p>You have asked for no lease.</p>
					<p>
						To read content, open a <a href="#/firms">firm</a>, select what you need, and ask for a lease.
					</p>
				</Empty>
			)}
			{open.length > 0 && <OwnLeaseList leases={open} />}
			{ended.length > 0 && (
				<details open={open.length === 0}>
					<summary>Ended ({ended.length})</summary>
					<OwnLeaseList leases={ended} />
				</details>
			)}
		</section>
	);
}
