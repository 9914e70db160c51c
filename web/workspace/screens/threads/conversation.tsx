import { useId } from 'react';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { ErrorNote } from '../../../kit/parts/index.ts';
import { isStaff, useViewer } from '../../viewer.ts';
import { Message } from './message.tsx';
import { NewMessage } from './new-message.tsx';
import type { ThreadOfPage } from './thread-head.tsx';
import { useArrivals } from './use-arrivals.ts';
import { useMessages } from './use-messages.ts';
import './conversation.css';

/** The messages of a thread, the newest at the end, and the form for another one. */
export function Conversation({ thread }: { readonly thread: ThreadOfPage }) {
	const withComments = isStaff(useViewer());
	const { nodes, totalCount, sealed, error, isLoading, hasOlder, older, refresh } = useMessages(
		thread.id,
		withComments,
	);
	useRecordEvents(withComments ? WITH_COMMENTS : MESSAGES, refresh);
	const { list, said, unseen, showNewest } = useArrivals(nodes);
	const title = useId();
	return (
		<section className="stack reading" aria-labelledby={title}>
			<h2 id={title}>Messages{totalCount > 0 && <span className="quiet"> ({totalCount.toLocaleString()})</span>}</h2>
			{error && <ErrorNote error={error} onRetry={refresh} />}
			{!nodes && isLoading && <p role="status">Loading messages …</p>}
			{nodes?.length === 0 && <p className="quiet">No messages yet. Write the first one below.</p>}
			{hasOlder && (
				<div>
					<button type="button" disabled={isLoading} onClick={() => void older()}>
						{isLoading ? 'Loading …' : 'Show older messages'}
					</button>
				</div>
			)}
			{nodes && nodes.length > 0 && (
				<ol className="messages stack" ref={list}>
					{nodes.map((message) => (
						<Message key={message.id} message={message} sealed={sealed} onChange={refresh} />
					))}
				</ol>
			)}
			<p role="status" className="said">
				{said}
			</p>
			{unseen > 0 && (
				<div className="arrived no-print">
					<button type="button" className="primary small" onClick={showNewest}>
						{unseen === 1 ? '1 new message' : `${unseen} new messages`} <span aria-hidden="true">↓</span>
					</button>
				</div>
			)}
			{nodes && <NewMessage thread={thread} onWritten={refresh} />}
		</section>
	);
}

const MESSAGES = ['Message'];
const WITH_COMMENTS = ['Message', 'Comment'];
