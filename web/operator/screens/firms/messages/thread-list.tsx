import { type ThreadOrder, ThreadsDocument, type ThreadsQuery } from '../../../../kit/api/operator.generated.ts';
import { Person, useTitle } from '../../../../kit/parts/index.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { VisibleText } from '../../../../kit/text/visible-text.tsx';
import { RecordList } from '../../../records/record-list.tsx';
import type { Column } from '../../../records/record-table.tsx';
import { type ListIn, PAGE_SIZE, useList } from '../../../records/use-list.ts';
import { useFirm } from '../firm-context.ts';
import { ListFilters } from '../list-filters.tsx';
import { partsOf, useListView } from '../list-view.ts';
import { nameByTime } from '../name-by-time.ts';

type Row = ThreadsQuery['threads']['nodes'][number];
const IN: ListIn<ThreadsQuery, Row> = {
	get: ({ threads }) => threads,
	put: (data, page) => ({ ...data, threads: { ...data.threads, ...page } }),
};

const ORDERS: Readonly<Record<ThreadOrder, string>> = {
	UPDATED_AT_DESC: 'Latest message first',
	UPDATED_AT_ASC: 'Longest silent first',
	CREATED_AT_DESC: 'Newest first',
	CREATED_AT_ASC: 'Oldest first',
};

const COLUMNS: readonly Column<Row>[] = [
	{ label: 'Last message', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
	{ label: 'Client', cell: ({ client }) => (client ? <VisibleText text={client.name} /> : '—') },
	{ label: 'Started by', cell: ({ author }) => <Person person={author} /> },
];

/** Threads have no content of their own: what they are about is in their messages. */
export function ThreadList() {
	const { firm } = useFirm();
	const { view, change } = useListView('messages', 'UPDATED_AT_DESC');
	useTitle(`Messages of ${firm.name}`);
	const list = useList(
		ThreadsDocument,
		{ firmId: firm.id, first: PAGE_SIZE, orderBy: view.order as ThreadOrder, filter: partsOf(view), count: true },
		IN,
		{ firmId: firm.id, type: 'Thread' },
	);
	return (
		<>
			<h2>Messages</h2>
			<ListFilters view={view} onChange={change} orders={ORDERS} hasClient />
			<RecordList
				firm={firm}
				list={list}
				type="Thread"
				caption="Threads"
				firstLabel="Thread"
				columns={COLUMNS}
				nameOf={nameOfThread}
				hrefOf={({ id }) => `/firms/${firm.id}/messages/${id}`}
				empty={<p>No threads match. What a thread is about is in its messages, and they are encrypted.</p>}
				content={null}
			/>
		</>
	);
}

export const nameOfThread = ({ createdAt }: Pick<Row, 'createdAt'>): string => nameByTime('Thread of', createdAt);
