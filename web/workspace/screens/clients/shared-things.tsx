import { useMutation, useQuery } from '@apollo/client/react';
import {
	SharedWithClientDocument,
	type ShareSubject,
	UnshareWithClientDocument,
} from '../../../kit/api/workspace.generated.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { ErrorNote, Person } from '../../../kit/parts/index.ts';
import { showBytes, showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { SharedList } from './shared-list.tsx';

const CHANGES = ['Document', 'Thread', 'Invoice', 'Client'];
/** Of each kind; as many as one page of the API has. */
const MOST = 1000;

/** A thread has no name of its own outside of its content. */
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

interface SharedThingsProps {
	readonly client: { readonly id: string; readonly name: string };
}

/** All that a client's portal people can see, with the way to stop it. */
export function SharedThings({ client }: SharedThingsProps) {
	const { data, error, refetch } = useQuery(SharedWithClientDocument, {
		variables: { clientId: client.id, first: MOST },
	});
	useRecordEvents(CHANGES, () => refetch());
	const [unshare] = useMutation(UnshareWithClientDocument);
	const stop = async (subject: ShareSubject) => {
		await unshare({ variables: { input: { clientId: client.id, subject } } });
		await refetch();
	};
	return (
		<section className="stack" aria-labelledby="shared">
			<h2 id="shared">Shared with this client</h2>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{!data && !error && <p role="status">Loading …</p>}
			{data && (
				<>
					<SharedList
						title="Documents"
						client={client.name}
						total={data.documents.totalCount}
						empty="No document is shared: share one on its page."
						items={data.documents.nodes.map(({ id, name, byteSize }) => ({
							id,
							href: `#/documents/${id}`,
							name,
							detail: byteSize === null ? 'no file yet' : showBytes(byteSize),
							onStop: () => stop({ documentId: id }),
						}))}
					/>
					<SharedList
						title="Threads"
						client={client.name}
						total={data.threads.totalCount}
						empty="No thread is shared: share one on its page."
						items={data.threads.nodes.map(({ id, author, createdAt, updatedAt }) => ({
							id,
							href: `#/threads/${id}`,
							name: `Thread of ${MOMENT.format(new Date(createdAt))}`,
							detail: (
								<>
									by <Person person={author} />, last changed <Time at={updatedAt} />
								</>
							),
							onStop: () => stop({ threadId: id }),
						}))}
					/>
					<SharedList
						title="Invoices"
						client={client.name}
						total={data.invoices.totalCount}
						empty="No invoice is shared: share one on its page."
						items={data.invoices.nodes.map(({ id, number, status }) => ({
							id,
							href: `#/invoices/${id}`,
							name: number,
							detail: <VisibleText text={showConstant(status)} />,
							onStop: () => stop({ invoiceId: id }),
						}))}
					/>
				</>
			)}
		</section>
	);
}
