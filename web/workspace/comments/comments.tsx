import { useId } from 'react';
import {
	type CommentPageFragment,
	type CommentSubject,
	RecordCommentsDocument,
	type RecordCommentsQuery,
} from '../../kit/api/workspace.generated.ts';
import { type ListPage, useContentList } from '../../kit/content/index.ts';
import { useRecordEvents } from '../../kit/events/use-record-events.ts';
import { ErrorNote, LoadMore } from '../../kit/parts/index.ts';
import { useViewer } from '../viewer.ts';
import { CommentItem } from './comment-item.tsx';
import { NewComment } from './new-comment.tsx';
import './comments.css';

interface CommentsProps {
	/** The object, such as { noteId: note.id }. */
	readonly about: CommentSubject;
	/** The level of the heading: that of a part of the screen unless given. */
	readonly heading?: 'h2' | 'h4';
}

/**
 * Comments of the firm's people on a document, an invoice, a note or a message: read, written, changed and deleted here, and kept up to date by
 * events. A portal client sees nothing.
 *
 * <Comments about={{ noteId: note.id }} />
 */
export function Comments({ about, heading: Heading = 'h2' }: CommentsProps) {
	const isClient = useViewer().role === 'CLIENT';
	const [id = ''] = Object.values(about);
	const { nodes, totalCount, sealed, error, isLoading, hasMore, more, refresh } = useContentList(
		RecordCommentsDocument,
		{
			variables: { id, count: true },
			isIdle: isClient,
			listOf,
			withList,
		},
	);
	useRecordEvents(COMMENT, refresh);
	const title = useId();
	if (isClient) return null;
	return (
		<section className="comments stack reading" aria-labelledby={title}>
			<Heading id={title}>
				Comments{totalCount ? <span className="quiet"> ({totalCount.toLocaleString()})</span> : null}
			</Heading>
			{error && <ErrorNote error={error} onRetry={refresh} />}
			{!nodes && isLoading && <p role="status">Loading comments …</p>}
			{nodes?.length === 0 && (
				<p className="quiet">No comments yet. Only your firm's people see what you write here.</p>
			)}
			{nodes && nodes.length > 0 && (
				<ol className="stack">
					{nodes.map((comment) => (
						<CommentItem key={comment.id} comment={comment} sealed={sealed} onChange={refresh} />
					))}
				</ol>
			)}
			<LoadMore hasMore={hasMore} isLoading={isLoading} onMore={more} />
			{nodes && <NewComment key={id} about={about} onWritten={refresh} />}
		</section>
	);
}

const COMMENT = ['Comment'];

export type CommentRow = CommentPageFragment['nodes'][number];

const listOf = ({ node }: RecordCommentsQuery) => (node && 'comments' in node ? node.comments : null);
const withList = ({ node }: RecordCommentsQuery, comments: ListPage<CommentRow>): RecordCommentsQuery => ({
	node: node && { ...node, comments },
});
