import { ThreadsDocument } from '../../../kit/api/workspace.generated.ts';
import { useContentList } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Empty, ErrorNote, LoadMore, useTitle } from '../../../kit/parts/index.ts';
import { useKept } from '../../../kit/use-kept.ts';
import { isStaff, useViewer } from '../../viewer.ts';
import { NoThreads } from './no-threads.tsx';
import { ThreadRow } from './thread-row.tsx';
import { filterOf, isNarrow, NO_SEARCH, ThreadSearch } from './thread-search.tsx';

/** The threads that the person may read, those with new messages first. */
export function ThreadList() {
	useTitle('Threads');
	const viewer = useViewer();
	const [search, setSearch] = useKept('threads', NO_SEARCH);
	const { nodes, totalCount, sealed, error, isLoading, hasMore, more, refresh } = useContentList(ThreadsDocument, {
		variables: { orderBy: search.order, filter: filterOf(search), count: true },
		listOf: ({ threads }) => threads,
		withList: (data, threads) => ({ ...data, threads }),
	});
	useRecordEvents(TYPES, refresh);
	const withClient = isStaff(viewer);
	return (
		<>
			<header>
				<h1>Threads</h1>
				{withClient && (
					<a className="button primary" href="#/threads/new">
						Start a thread
					</a>
				)}
			</header>
			{withClient && <ThreadSearch search={search} onChange={setSearch} />}
			<p role="status" className={totalCount === undefined ? 'said' : 'quiet'}>
				{totalCount === undefined ? 'Loading threads …' : count(totalCount)}
			</p>
			{error && <ErrorNote error={error} onRetry={refresh} />}
			{nodes?.length === 0 &&
				(isNarrow(search) ? (
					<Empty>
						<p>No thread matches.</p>
						<div>
							<button type="button" onClick={() => setSearch({ ...NO_SEARCH, order: search.order })}>
								Show all threads
							</button>
						</div>
					</Empty>
				) : (
					<NoThreads />
				))}
			{nodes && nodes.length > 0 && (
				<div className="table">
					<table className="cards">
						<caption className="said">Threads</caption>
						<thead>
							<tr>
								<th scope="col">Last message</th>
								<th scope="col">From</th>
								{withClient && <th scope="col">About client</th>}
								<th scope="col" className="number">
									Messages
								</th>
								<th scope="col">Last activity</th>
							</tr>
						</thead>
						<tbody>
							{nodes.map((thread) => (
								<ThreadRow key={thread.id} thread={thread} sealed={sealed} withClient={withClient} />
							))}
						</tbody>
					</table>
				</div>
			)}
			<div>
				<LoadMore hasMore={hasMore} isLoading={isLoading} onMore={more} />
			</div>
		</>
	);
}

/** A portal client is told of itself when a thread is not shared with it any more. */
const TYPES = ['Thread', 'Message', 'Client'];

const count = (threads: number): string => `${threads.toLocaleString()} ${threads === 1 ? 'thread' : 'threads'}`;
