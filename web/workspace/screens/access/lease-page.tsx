import { useState } from 'react';
import { LeaseStateBadge } from '../../../kit/lease/index.ts';
import { useTitle } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import type { ViewProps } from '../../screen.ts';
import './access.css';
import { DecideLease } from './decide-lease.tsx';
import { LogPanel } from './log-panel.tsx';
import { ReviewLease } from './review-lease.tsx';
import { RevokeLease } from './revoke-lease.tsx';
import { Story } from './story.tsx';
import { WithTitles } from './titles.tsx';
import { useCheckAfterEvents } from './use-check-after-events.ts';
import { useStory } from './use-story.ts';

/** One lease on a page of its own: the whole story, and what the owner can do about it. */
export function LeasePage({ leaseId = '' }: ViewProps) {
	useTitle('Access to your content');
	useCheckAfterEvents();
	const story = useStory(leaseId);
	const [revokedAt, setRevokedAt] = useState<string | null>(null);
	const { lease } = story;
	const isOpen = lease !== undefined && lease !== null && ['APPROVED', 'ACTIVATING', 'ACTIVE'].includes(lease.state);
	return (
		<>
			<header>
				<h1>Access to your content</h1>
				{lease && <LeaseStateBadge state={lease.state} />}
			</header>
			<p className="no-print">
				<a href="#/access">All access</a>
			</p>
			<div role="status">
				{revokedAt && (
					<p className="note good">
						The access is revoked: since <Time at={revokedAt} show="second" /> nothing is opened under it.
					</p>
				)}
			</div>
			{isOpen && (
				<div>
					<RevokeLease
						id={leaseId}
						onRevoked={(endedAt) => {
							setRevokedAt(endedAt);
							void story.again();
						}}
					/>
				</div>
			)}
			<section className="card stack" aria-labelledby="story">
				<h2 id="story">The story</h2>
				<WithTitles leases={lease ? [lease] : []}>
					<Story story={story} />
				</WithTitles>
			</section>
			{lease && <ReviewLease lease={lease} onReviewed={story.again} />}
			{lease && <DecideLease lease={lease} onDecided={story.again} />}
			<LogPanel />
		</>
	);
}
