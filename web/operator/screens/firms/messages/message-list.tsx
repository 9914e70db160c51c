import {
	type MessageOrder,
	MessageSubjectsDocument,
	MessagesDocument,
	type MessagesQuery,
} from '../../../../kit/api/operator.generated.ts';
import { Person } from '../../../../kit/parts/index.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { readingOf } from '../../../records/opened-values.tsx';
import { RecordList } from '../../../records/record-list.tsx';
import type { Column } from '../../../records/record-table.tsx';
import { type ListIn, PAGE_SIZE, useList } from '../../../records/use-list.ts';
import { useFirm } from '../firm-context.ts';
import { ListFilters } from '../list-filters.tsx';
import { partsOf, useListView } from '../list-view.ts';
import { nameByTime } from '../name-by-time.ts';

type Row = MessagesQuery['messages']['nodes'][number];
const IN: ListIn<MessagesQuery, Row> = {
	get: ({ messages }) => messages,
	put: (data, page) => ({ ...data, messages: { ...data.messages, ...page } }),
};

const ORDERS: Readonly<Record<MessageOrder, string>> = {
	CREATED_AT_ASC: 'Oldest first',
	CREATED_AT_DESC: 'Newest first',
	UPDATED_AT_DESC: 'Last changed first',
	UPDATED_AT_ASC: 'Longest unchanged first',
};

const COLUMNS: readonly Column<Row>[] = [
	{ label: 'By', cell: ({ author }) => <Person person={author} /> },
	{ label: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];

/** The messages of one thread. */
export function MessageList({ threadId }: { readonly threadId: string }) {
	const { firm } = useFirm();
	const { view, change } = useListView(`thread ${threadId}`, 'CREATED_AT_ASC');
	const { clientId: _, ...filter } = partsOf(view);
	const variables = { firmId: firm.id, threadId, orderBy: view.order as MessageOrder, filter };
	const live = { firmId: firm.id, type: 'Message' };
	const list = useList(MessagesDocument, { ...variables, first: PAGE_SIZE, count: true }, IN, live);
	return (
		<section className="stack" aria-label="Messages of the thread">
			<h3>Messages</h3>
			<ListFilters view={view} onChange={change} orders={ORDERS} dayOf="Written" />
			<RecordList
				firm={firm}
				list={list}
				type="Message"
				caption="Messages"
				firstLabel="Written"
				columns={COLUMNS}
				nameOf={nameOfMessage}
				hrefOf={({ id }) => `/firms/${firm.id}/messages/${threadId}/${id}`}
				empty={<p>The thread has no such messages.</p>}
				content={{
					field: 'Message.subject',
					readingOf: (first) =>
						readingOf(MessageSubjectsDocument, { ...variables, first }, ({ messages }) =>
							messages.nodes.map(({ id, subject }) => ({ id, coordinate: 'Message.subject', value: subject })),
						),
				}}
			/>
		</section>
	);
}

export const nameOfMessage = ({ createdAt }: Pick<Row, 'createdAt'>): string => nameByTime('Message of', createdAt);
