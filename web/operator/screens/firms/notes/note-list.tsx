import {
	type NoteOrder,
	NotesDocument,
	type NotesQuery,
	NoteTitlesDocument,
} from '../../../../kit/api/operator.generated.ts';
import { Person, useTitle } from '../../../../kit/parts/index.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { readingOf } from '../../../records/opened-values.tsx';
import { RecordList } from '../../../records/record-list.tsx';
import type { Column } from '../../../records/record-table.tsx';
import { type ListIn, PAGE_SIZE, useList } from '../../../records/use-list.ts';
import { useFirm } from '../firm-context.ts';
import { ListFilters } from '../list-filters.tsx';
import { partsOf, useListView } from '../list-view.ts';
import { nameByTime } from '../name-by-time.ts';

type Row = NotesQuery['notes']['nodes'][number];
const IN: ListIn<NotesQuery, Row> = {
	get: ({ notes }) => notes,
	put: (data, page) => ({ ...data, notes: { ...data.notes, ...page } }),
};

const ORDERS: Readonly<Record<NoteOrder, string>> = {
	CREATED_AT_DESC: 'Newest first',
	CREATED_AT_ASC: 'Oldest first',
	UPDATED_AT_DESC: 'Last changed first',
	UPDATED_AT_ASC: 'Longest unchanged first',
};

const COLUMNS: readonly Column<Row>[] = [
	{ label: 'By', cell: ({ author }) => <Person person={author} /> },
	{ label: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];

export function NoteList() {
	const { firm } = useFirm();
	const { view, change } = useListView('notes', 'CREATED_AT_DESC');
	useTitle(`Notes of ${firm.name}`);
	const { clientId: _, ...filter } = partsOf(view);
	const variables = { firmId: firm.id, orderBy: view.order as NoteOrder, filter };
	const live = { firmId: firm.id, type: 'Note' };
	const list = useList(NotesDocument, { ...variables, first: PAGE_SIZE, count: true }, IN, live);
	return (
		<>
			<h2>Notes</h2>
			<ListFilters view={view} onChange={change} orders={ORDERS} />
			<RecordList
				firm={firm}
				list={list}
				type="Note"
				caption="Notes"
				firstLabel="Written"
				columns={COLUMNS}
				nameOf={nameOfNote}
				hrefOf={({ id }) => `/firms/${firm.id}/notes/${id}`}
				empty={<p>No notes match. Only metadata can be filtered, since the texts are encrypted.</p>}
				content={{
					field: 'Note.title',
					readingOf: (first) =>
						readingOf(NoteTitlesDocument, { ...variables, first }, ({ notes }) =>
							notes.nodes.map(({ id, title }) => ({ id, coordinate: 'Note.title', value: title })),
						),
				}}
			/>
		</>
	);
}

export const nameOfNote = ({ createdAt }: Pick<Row, 'createdAt'>): string => nameByTime('Note of', createdAt);
