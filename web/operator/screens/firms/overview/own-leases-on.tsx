import { OwnLeaseList, useLeaseUse } from '../../../lease-in-use/index.ts';

/** The person's own leases on one firm, newest first. */
export function OwnLeasesOn({ firmId }: { readonly firmId: string }) {
	const { own } = useLeaseUse();
	const here = own.filter((lease) => lease.firmId === firmId);
	if (here.length === 0) return null;
	return (
		<section className="stack tight" aria-label="Your leases on this firm">
			<h2>Your leases on this firm</h2>
			<OwnLeaseList leases={here} />
		</section>
	);
}
