import { useQuery } from '@apollo/client/react';
import { AccessPolicyDocument } from '../../../kit/api/workspace.generated.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { ErrorNote } from '../../../kit/parts/index.ts';
import { AccessPolicyForm } from './access-policy-form.tsx';

const KINDS = ['MEMBER'];

/** Who must agree before a person of the platform reads content. */
export function AccessPolicy() {
	const { data, error, refetch } = useQuery(AccessPolicyDocument);
	useLive(KINDS, refetch);
	const firm = data?.viewer.firm;
	return (
		<section className="stack" aria-labelledby="policy">
			<h2 id="policy">Access by the platform</h2>
			<p className="reading">
				A person of the platform reads your content only under a lease: for a purpose, with a reason, for a limited time
				and scope. Here you decide who must agree to it. Under each choice you are told of every step, and can end a
				lease at any moment.
			</p>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{!data && !error && <p role="status">Loading …</p>}
			{firm?.accessPolicy && <AccessPolicyForm present={firm.accessPolicy} onConflict={refetch} />}
		</section>
	);
}
