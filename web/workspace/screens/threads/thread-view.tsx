import { ThreadDocument } from '../../../kit/api/workspace.generated.ts';
import { useContentQuery } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Empty, ErrorNote, useTitle } from '../../../kit/parts/index.ts';
import type { ViewProps } from '../../screen.ts';
import { useViewer } from '../../viewer.ts';
import { Conversation } from './conversation.tsx';
import { ThreadHead } from './thread-head.tsx';
import { ThreadName } from './thread-name.tsx';

/** One thread: what it is about, who can read it, and its messages. */
export function ThreadView({ id = '' }: ViewProps) {
	// Not the last subject: browsers keep titles in their history.
	useTitle('Thread');
	const viewer = useViewer();
	const { data, error, loading, refetch } = useContentQuery(ThreadDocument, { variables: { id } });
	useRecordEvents(TYPES, async (changed) => {
		if (changed === undefined || [id, data?.thread?.client?.id, viewer.client?.id].includes(changed)) await refetch();
	});
	const thread = data?.thread;
	return (
		<>
			<header>
				<h1>
					<ThreadName client={thread?.client ?? null} />
				</h1>
				<a className="button no-print" href="#/threads">
					All threads
				</a>
			</header>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{!data && loading && <p role="status">Loading the thread …</p>}
			{!thread && !error && !loading && (
				<Empty>
					<p>There is no such thread, or it is not shared with you any more.</p>
				</Empty>
			)}
			{thread && (
				<>
					<ThreadHead thread={thread} />
					<Conversation key={id} thread={thread} />
				</>
			)}
		</>
	);
}

/** A portal client is told of itself when a thread is not shared with it any more. */
const TYPES = ['Thread', 'Client'];
