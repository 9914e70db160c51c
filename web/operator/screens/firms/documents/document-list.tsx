import {
	DocumentDescriptionsDocument,
	type DocumentOrder,
	type DocumentStatus,
	DocumentsDocument,
	type DocumentsQuery,
} from '../../../../kit/api/operator.generated.ts';
import { Person, useTitle } from '../../../../kit/parts/index.ts';
import { showBytes, showConstant } from '../../../../kit/text/amounts.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { VisibleText } from '../../../../kit/text/visible-text.tsx';
import { readingOf } from '../../../records/opened-values.tsx';
import { RecordList } from '../../../records/record-list.tsx';
import type { Column } from '../../../records/record-table.tsx';
import { type ListIn, PAGE_SIZE, useList } from '../../../records/use-list.ts';
import { useFirm } from '../firm-context.ts';
import { ListFilters } from '../list-filters.tsx';
import { partsOf, useListView } from '../list-view.ts';

type Row = DocumentsQuery['documents']['nodes'][number];
const IN: ListIn<DocumentsQuery, Row> = {
	get: ({ documents }) => documents,
	put: (data, page) => ({ ...data, documents: { ...data.documents, ...page } }),
};

const ORDERS: Readonly<Record<DocumentOrder, string>> = {
	CREATED_AT_DESC: 'Newest first',
	CREATED_AT_ASC: 'Oldest first',
	UPDATED_AT_DESC: 'Last changed first',
	UPDATED_AT_ASC: 'Longest unchanged first',
	NAME_ASC: 'Name, A to Z',
	NAME_DESC: 'Name, Z to A',
};
const STATUSES: readonly DocumentStatus[] = ['AVAILABLE', 'PENDING'];

const COLUMNS: readonly Column<Row>[] = [
	{ label: 'State', cell: ({ status }) => showConstant(status) },
	{ label: 'Type', cell: ({ mimeType }) => <VisibleText text={mimeType} /> },
	{ label: 'Size', cell: ({ byteSize }) => (byteSize === null ? '—' : showBytes(byteSize)), isNumber: true },
	{ label: 'Client', cell: ({ client }) => (client ? <VisibleText text={client.name} /> : '—') },
	{ label: 'By', cell: ({ author }) => <Person person={author} /> },
	{ label: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];

export function DocumentList() {
	const { firm } = useFirm();
	const { view, change } = useListView('documents', 'CREATED_AT_DESC');
	useTitle(`Documents of ${firm.name}`);
	const filter = { ...partsOf(view), ...(view.status && { status: view.status as DocumentStatus }) };
	const variables = { firmId: firm.id, orderBy: view.order as DocumentOrder, filter };
	const live = { firmId: firm.id, type: 'Document' };
	const list = useList(DocumentsDocument, { ...variables, first: PAGE_SIZE, count: true }, IN, live);
	return (
		<>
			<h2>Documents</h2>
			<ListFilters view={view} onChange={change} orders={ORDERS} statuses={STATUSES} hasClient />
			<RecordList
				firm={firm}
				list={list}
				type="Document"
				caption="Documents"
				firstLabel="File"
				columns={COLUMNS}
				nameOf={({ name }) => name}
				hrefOf={({ id }) => `/firms/${firm.id}/documents/${id}`}
				empty={<p>No documents match. Only metadata can be filtered, since descriptions and files are encrypted.</p>}
				content={{
					field: 'Document.description',
					readingOf: (first) =>
						readingOf(DocumentDescriptionsDocument, { ...variables, first }, ({ documents }) =>
							documents.nodes.map(({ id, description }) => ({
								id,
								coordinate: 'Document.description',
								value: description,
							})),
						),
				}}
			/>
		</>
	);
}
