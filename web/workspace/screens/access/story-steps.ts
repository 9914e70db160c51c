import type { LeaseState, LeaseStoryFragment } from '../../../kit/api/workspace.generated.ts';
import type { ShownStep } from '../../../kit/log/compare-lease.ts';

/** One step of a lease's story. */
export interface StoryStep extends ShownStep {
	readonly title: string;
	readonly tone?: 'good' | 'warn' | 'bad';
	/** Why the person decided so; null if they did not say. */
	readonly reason?: string | null;
}

/** How the log records a change of state, and its words. The request, the approvals and the review have more to say, and stand for themselves. */
const CHANGES: Partial<
	Readonly<Record<LeaseState, readonly [action: string, title: string, tone?: StoryStep['tone']]>>
> = {
	ACTIVATING: ['lease.activate', 'Activation asked for'],
	ACTIVE: ['lease.start', 'Active: content could be read', 'bad'],
	EXPIRED: ['lease.expire', 'Ended: the time was over'],
	REVOKED: ['lease.revoke', 'Ended: revoked', 'good'],
	RELEASED: ['lease.release', 'Ended: given back'],
	EXHAUSTED: ['lease.exhaust', 'Ended: the budget was used up'],
	DENIED: ['lease.deny', 'Denied', 'good'],
	CANCELLED: ['lease.cancel', 'Withdrawn'],
	LAPSED: ['lease.lapse', 'Lapsed: nothing was done for a day'],
};

/** The story of a lease in the order in which it happened. */
export function storyOf(lease: LeaseStoryFragment): StoryStep[] {
	const steps: StoryStep[] = [
		{
			action: 'lease.request',
			actor: lease.requestedById,
			hash: lease.requestHash,
			at: lease.requestedAt,
			title: 'Asked for access',
		},
		...lease.approvals.map(({ side, userId, requestHash, approvedAt, reason }) => ({
			reason,
			action: 'lease.approve',
			actor: userId,
			hash: requestHash,
			at: approvedAt,
			title: side === 'FIRM' ? 'Approved for your firm' : 'Approved for the platform',
		})),
		...lease.events.flatMap(({ toState, actorId, at }) => {
			const [action, title, tone] = CHANGES[toState] ?? [];
			if (!action || !title) return [];
			const why = toState === 'DENIED' ? { reason: lease.denial?.reason ?? null } : {};
			return [{ action, actor: actorId, hash: null, at, title, ...(tone && { tone }), ...why }];
		}),
	];
	if (lease.reviewedAt)
		steps.push({
			action: 'lease.review',
			actor: lease.reviewedById,
			hash: null,
			at: lease.reviewedAt,
			title: 'Reviewed',
			tone: 'good',
		});
	return steps.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}
