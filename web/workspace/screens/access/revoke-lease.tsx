import { useMutation } from '@apollo/client/react';
import { RevokeBreakGlassDocument } from '../../../kit/api/workspace.generated.ts';
import { Confirm } from '../../../kit/parts/index.ts';

interface RevokeLeaseProps {
	readonly id: string;
	/** The answer: when the lease ended. */
	readonly onRevoked: (endedAt: string | null) => void;
}

/** Ends a lease, for the firm. */
export function RevokeLease({ id, onRevoked }: RevokeLeaseProps) {
	const [revoke] = useMutation(RevokeBreakGlassDocument);
	async function act() {
		const { data } = await revoke({ variables: { leaseId: id } });
		onRevoked(data?.revokeBreakGlass?.lease.endedAt ?? null);
	}
	return (
		<Confirm label="Revoke access" isDangerous title="Revoke this access?" confirm="Revoke now" onConfirm={act}>
			<p>
				From the moment of the answer nothing more is opened under this lease. What is being sent at that moment ends
				within five seconds. A revoked lease cannot be continued: the operator would have to ask again.
			</p>
		</Confirm>
	);
}
