import {
	TimeEntriesDocument,
	type TimeEntriesQuery,
	TimeEntryDescriptionsDocument,
	type TimeEntryOrder,
} from '../../../../kit/api/operator.generated.ts';
import { Person, useTitle } from '../../../../kit/parts/index.ts';
import { showMinutes } from '../../../../kit/text/amounts.ts';
import { startOfDay } from '../../../../kit/text/local-time.ts';
import { VisibleText } from '../../../../kit/text/visible-text.tsx';
import { readingOf } from '../../../records/opened-values.tsx';
import { RecordList } from '../../../records/record-list.tsx';
import type { Column } from '../../../records/record-table.tsx';
import { type ListIn, PAGE_SIZE, useList } from '../../../records/use-list.ts';
import { useFirm } from '../firm-context.ts';
import { ListFilters } from '../list-filters.tsx';
import { useListView } from '../list-view.ts';
import { nameByTime } from '../name-by-time.ts';

type Row = TimeEntriesQuery['timeEntries']['nodes'][number];
const IN: ListIn<TimeEntriesQuery, Row> = {
	get: ({ timeEntries }) => timeEntries,
	put: (data, page) => ({ ...data, timeEntries: { ...data.timeEntries, ...page } }),
};

const ORDERS: Readonly<Record<TimeEntryOrder, string>> = {
	STARTED_AT_DESC: 'Latest work first',
	STARTED_AT_ASC: 'Earliest work first',
	CREATED_AT_DESC: 'Newest entry first',
	CREATED_AT_ASC: 'Oldest entry first',
};

const COLUMNS: readonly Column<Row>[] = [
	{ label: 'By', cell: ({ author }) => <Person person={author} /> },
	{ label: 'Duration', cell: ({ minutes }) => showMinutes(minutes), isNumber: true },
	{ label: 'Client', cell: ({ client }) => (client ? <VisibleText text={client.name} /> : '—') },
];

export function TimeEntryList() {
	const { firm } = useFirm();
	const { view, change } = useListView('time', 'STARTED_AT_DESC');
	useTitle(`Time of ${firm.name}`);
	const filter = {
		...(view.authorId && { authorId: view.authorId }),
		...(view.clientId && { clientId: view.clientId }),
		...(view.from && { startedFrom: startOfDay(view.from) }),
		...(view.to && { startedBefore: startOfDay(view.to, 1) }),
	};
	const variables = { firmId: firm.id, orderBy: view.order as TimeEntryOrder, filter };
	const live = { firmId: firm.id, type: 'TimeEntry' };
	const list = useList(TimeEntriesDocument, { ...variables, first: PAGE_SIZE, count: true }, IN, live);
	return (
		<>
			<h2>Time</h2>
			<ListFilters view={view} onChange={change} orders={ORDERS} hasClient dayOf="Worked" />
			<RecordList
				firm={firm}
				list={list}
				type="TimeEntry"
				caption="Time entries"
				firstLabel="Work began"
				columns={COLUMNS}
				nameOf={nameOfTimeEntry}
				hrefOf={({ id }) => `/firms/${firm.id}/time/${id}`}
				empty={<p>No time entries match. Only metadata can be filtered, since descriptions are encrypted.</p>}
				content={{
					field: 'TimeEntry.description',
					readingOf: (first) =>
						readingOf(TimeEntryDescriptionsDocument, { ...variables, first }, ({ timeEntries }) =>
							timeEntries.nodes.map(({ id, description }) => ({
								id,
								coordinate: 'TimeEntry.description',
								value: description,
							})),
						),
				}}
			/>
		</>
	);
}

export const nameOfTimeEntry = ({ startedAt }: Pick<Row, 'startedAt'>): string => nameByTime('Work of', startedAt);
