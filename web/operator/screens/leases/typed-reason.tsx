import { UnsentReason } from '../../../kit/lease/index.ts';
import { useKept } from '../../../kit/use-kept.ts';
import { useViewer } from '../../viewer.ts';
import type { Lease } from './lease-view.tsx';

/** The reason for a decision while it is typed. It outlives its dialog, which goes away when someone else decides. */
export const useTypedReason = (lease: string) => useKept<string>(`reason ${lease}`, '');

/** What the person was typing when someone else decided. */
export function TypedReason({ lease: { id, approvals, events } }: { readonly lease: Lease }) {
	const viewer = useViewer();
	const [reason] = useTypedReason(id);
	const hasDecided =
		approvals.some(({ userId }) => userId === viewer.id) ||
		events.some(({ toState, actorId }) => toState === 'DENIED' && actorId === viewer.id);
	return hasDecided ? null : <UnsentReason reason={reason} />;
}
