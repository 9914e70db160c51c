import { ThreadsDocument } from '../../../kit/api/workspace.generated.ts';
import { Content, useContentQuery } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Empty, ErrorNote, Person } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';

const TYPES = ['Message', 'Thread'];
const VARIABLES = { first: 5, orderBy: 'UPDATED_AT_DESC' } as const;

/** The last message of each of the threads that changed last. */
export function NewestMessages() {
	const { data, error, sealed, refetch } = useContentQuery(ThreadsDocument, { variables: VARIABLES });
	useRecordEvents(TYPES, refetch);
	const threads = data?.threads.nodes.filter(({ messages }) => messages.nodes.length > 0);
	return (
		<section className="stack" aria-labelledby="messages">
			<h2 id="messages">Newest messages</h2>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{!data && !error && <p role="status">Loading …</p>}
			{threads?.length === 0 && (
				<Empty>
					<p>
						No messages yet. Write the first one under <a href="#/threads">Threads</a>.
					</p>
				</Empty>
			)}
			{threads?.map(({ id, messages }) => {
				const [last] = messages.nodes;
				return (
					<article key={id} className="card stack tight" aria-labelledby={`thread-${id}`}>
						<h3 id={`thread-${id}`}>
							<a href={`#/threads/${id}`}>
								<Content value={last?.subject} field="Message.subject" sealed={sealed} empty="Message" />
							</a>
						</h3>
						<p className="quiet">
							<Person person={last?.author} />
							{last && (
								<>
									, <Time at={last.createdAt} />
								</>
							)}
						</p>
						<p className="excerpt">
							<Content value={last?.body} field="Message.body" sealed={sealed} lines empty="" />
						</p>
					</article>
				);
			})}
		</section>
	);
}
