import { useMutation } from '@apollo/client/react';
import { type LeaseStoryFragment, ReviewBreakGlassDocument } from '../../../kit/api/workspace.generated.ts';
import { Confirm } from '../../../kit/parts/index.ts';
import { useViewer } from '../../viewer.ts';

interface ReviewLeaseProps {
	readonly lease: LeaseStoryFragment;
	/** Reads the lease again. */
	readonly onReviewed: () => Promise<unknown>;
}

/** Signs off what was done under an ended lease: for an owner who has not approved it. */
export function ReviewLease({ lease, onReviewed }: ReviewLeaseProps) {
	const { id } = useViewer();
	const [review] = useMutation(ReviewBreakGlassDocument);
	const isDue = lease.activatedAt !== null && lease.endedAt !== null && !lease.isReviewed;
	if (!isDue || lease.approvals.some(({ userId }) => userId === id)) return null;
	return (
		<div>
			<Confirm
				label="Review"
				title="Review this access?"
				confirm="I have read the story"
				onConfirm={async () => {
					await review({ variables: { leaseId: lease.id } });
					await onReviewed();
				}}
			>
				<p>You sign off that a third person has looked at what was opened. The log keeps your name with it.</p>
			</Confirm>
		</div>
	);
}
