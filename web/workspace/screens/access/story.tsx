import type { LeaseStoryFragment } from '../../../kit/api/workspace.generated.ts';
import { LeaseTimeline, ReasonGiven } from '../../../kit/lease/index.ts';
import { ErrorNote } from '../../../kit/parts/index.ts';
import { CheckNote } from './check-note.tsx';
import { LeaseTerms } from './lease-terms.tsx';
import { Openings } from './openings.tsx';
import { Account } from './people.tsx';
import { storyOf } from './story-steps.ts';
import type { useStory } from './use-story.ts';

/** One lease from the request to the review, with what was opened, and what the log says about it. */
export function Story({ story }: { readonly story: ReturnType<typeof useStory> }) {
	const { lease, openings, check, hasMore, isReading, error, loading } = story;
	if (error && !lease) return <ErrorNote error={error} onRetry={story.again} />;
	if (!lease)
		return <p role="status">{loading ? 'Reading the story …' : 'No lease has this number, or you may not see it.'}</p>;
	return (
		<div className="stack">
			{error && <ErrorNote error={error} onRetry={story.again} />}
			<LeaseTerms lease={lease} />
			<LeaseTimeline label="What happened" steps={stepsOf(lease)} />
			{lease.activatedAt && (
				<Openings
					openings={openings}
					check={check}
					hasMore={hasMore}
					isLoading={isReading}
					onMore={() => void story.more()}
				/>
			)}
			<CheckNote check={check} />
		</div>
	);
}

function stepsOf(lease: LeaseStoryFragment) {
	const steps = storyOf(lease).map(({ action, actor, at, title, tone, reason }, index) => ({
		key: `${index} ${action}`,
		title,
		at,
		by: <Account id={actor} requester={lease.requestedById} />,
		...(tone && { tone }),
		...(reason && { detail: <ReasonGiven reason={reason} /> }),
	}));
	const isUnreviewed = lease.activatedAt !== null && lease.endedAt !== null && !lease.isReviewed;
	const next = isUnreviewed ? 'Waits for a review by a third person' : NEXT[lease.state];
	return next ? [...steps, { key: 'next', title: next, at: null, tone: 'warn' as const }] : steps;
}

const NEXT: Readonly<Record<string, string>> = {
	REQUESTED: 'Waits for everyone who has to agree',
	APPROVED: 'The operator can begin at any time',
	ACTIVATING: 'The last checks before it is active',
	ACTIVE: 'Goes on until its time is over, its budget is used up, or someone ends it',
};
