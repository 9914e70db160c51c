import { useState } from 'react';
import type { BreakGlassLeasesQuery, LeaseTermsFragment } from '../../../kit/api/workspace.generated.ts';
import { LeaseStateBadge } from '../../../kit/lease/index.ts';
import { Empty, ErrorNote, LoadMore } from '../../../kit/parts/index.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { Story } from './story.tsx';
import { WithTitles } from './titles.tsx';
import { useStory } from './use-story.ts';

interface HistoryProps {
	readonly page: BreakGlassLeasesQuery['breakGlassLeases'] | undefined;
	readonly error: unknown;
	readonly isLoading: boolean;
	readonly onRetry: () => void;
	readonly onMore: () => void;
}

/** Every lease that was ever asked for, each as a story. */
export function History({ page, error, isLoading, onRetry, onMore }: HistoryProps) {
	return (
		<section className="stack" aria-labelledby="history">
			<h2 id="history">Every access that was asked for</h2>
			{error !== undefined && <ErrorNote error={error} onRetry={onRetry} />}
			{!page && isLoading && <p role="status">Reading the history …</p>}
			{page?.nodes.length === 0 && (
				<Empty>
					<p>No one of the platform has ever asked to read your content.</p>
					<p>When someone does, you get a notice, and decide here.</p>
				</Empty>
			)}
			{page?.nodes.map((lease) => (
				<HistoryItem key={lease.id} lease={lease} />
			))}
			<LoadMore hasMore={page?.pageInfo.hasNextPage ?? false} isLoading={isLoading} onMore={onMore} />
		</section>
	);
}

function HistoryItem({ lease }: { readonly lease: LeaseTermsFragment }) {
	// A story that was opened stays, folded up: print shows it again.
	const [wasOpened, setOpened] = useState(false);
	const { id, purpose, ticket, requestedAt, state, used } = lease;
	return (
		<details className="card" onToggle={({ currentTarget }) => setOpened((before) => before || currentTarget.open)}>
			<summary>
				<Time at={requestedAt} /> · {showConstant(purpose)} {ticket && <VisibleText text={ticket} />} ·{' '}
				{used === 1 ? '1 value read' : `${used.toLocaleString()} values read`} <LeaseStateBadge state={state} />
			</summary>
			{wasOpened && <LoadedStory id={id} />}
		</details>
	);
}

function LoadedStory({ id }: { readonly id: string }) {
	const story = useStory(id);
	return (
		<div className="stack">
			<WithTitles leases={story.lease ? [story.lease] : []}>
				<Story story={story} />
			</WithTitles>
			<p className="no-print">
				<a href={`#/access/${id}`}>This story on a page of its own</a>
			</p>
		</div>
	);
}
