import { NoticesDocument, type NoticesQuery } from '../../kit/api/workspace.generated.ts';
import { type ListPage, useContentList } from '../../kit/content/index.ts';
import { useLive } from '../../kit/events/use-live.ts';
import { Empty, ErrorNote, LoadMore } from '../../kit/parts/index.ts';
import { Time } from '../../kit/text/time.tsx';
import { useViewer } from '../viewer.ts';
import { type Notice, NoticeSentence } from './notice-sentence.tsx';
import './notices.css';

const KINDS = ['NOTICE'];
const listOf = (data: NoticesQuery) => data.viewer.notices;
const withList = (data: NoticesQuery, list: ListPage<Notice>): NoticesQuery => ({
	...data,
	viewer: { ...data.viewer, notices: list },
});

/** What the firm's people are told, newest first. */
export function Notices() {
	const { nodes, error, hasMore, isLoading, more, refresh } = useContentList(NoticesDocument, {
		variables: {},
		pageSize: 8,
		listOf,
		withList,
	});
	useLive(KINDS, refresh);
	return (
		<section className="stack" aria-labelledby="notices">
			<h2 id="notices">Newest notices</h2>
			{error && <ErrorNote error={error} onRetry={refresh} />}
			{!nodes && !error && <p role="status">Loading …</p>}
			{nodes?.length === 0 && (
				<Empty>
					<p>No notices yet. You are told here of every change of rights and every step of the platform.</p>
				</Empty>
			)}
			{nodes && nodes.length > 0 && (
				<ul className="notices card">
					{nodes.map((notice) => (
						<Line key={notice.id} notice={notice} />
					))}
				</ul>
			)}
			<LoadMore hasMore={hasMore} isLoading={isLoading} onMore={more} />
		</section>
	);
}

function Line({ notice }: { readonly notice: Notice }) {
	const { role } = useViewer();
	return (
		<li>
			<span>
				<NoticeSentence notice={notice} />{' '}
				{notice.leaseId !== null && role === 'OWNER' && <a href={`#/access/${notice.leaseId}`}>See the lease</a>}
				{notice.repeats > 0 && (
					<span className="quiet">
						{' '}
						{notice.repeats} more {notice.repeats === 1 ? 'time' : 'times'}
						{notice.lastAt !== null && (
							<>
								, last <Time at={notice.lastAt} />
							</>
						)}
						.
					</span>
				)}
			</span>
			<span className="quiet">
				<Time at={notice.createdAt} />
			</span>
		</li>
	);
}
