import {
	type ClientOrder,
	type ClientStatus,
	ClientsDocument,
	type ClientsQuery,
} from '../../../../kit/api/operator.generated.ts';
import { useTitle } from '../../../../kit/parts/index.ts';
import { showConstant } from '../../../../kit/text/amounts.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { VisibleText } from '../../../../kit/text/visible-text.tsx';
import { ListStatus } from '../../../records/list-status.tsx';
import { type Column, RecordTable } from '../../../records/record-table.tsx';
import { type ListIn, PAGE_SIZE, useList } from '../../../records/use-list.ts';
import { useFirm } from '../firm-context.ts';
import { ListFilters } from '../list-filters.tsx';
import { partsOf, useListView } from '../list-view.ts';

type Row = ClientsQuery['clients']['nodes'][number];
const IN: ListIn<ClientsQuery, Row> = {
	get: ({ clients }) => clients,
	put: (data, page) => ({ ...data, clients: { ...data.clients, ...page } }),
};

const ORDERS: Readonly<Record<ClientOrder, string>> = {
	NAME_ASC: 'Name, A to Z',
	NAME_DESC: 'Name, Z to A',
	CREATED_AT_DESC: 'Newest first',
	CREATED_AT_ASC: 'Oldest first',
	UPDATED_AT_DESC: 'Last changed first',
	UPDATED_AT_ASC: 'Longest unchanged first',
};
const STATUSES: readonly ClientStatus[] = ['ACTIVE', 'ARCHIVED'];

const COLUMNS: readonly Column<Row>[] = [
	{ label: 'State', cell: ({ status }) => showConstant(status) },
	{ label: 'E-mail', cell: ({ email }) => (email ? <VisibleText text={email} /> : '—') },
	{ label: 'Since', cell: ({ createdAt }) => <Time at={createdAt} show="day" /> },
];

/** The firm's clients. All of it is metadata. */
export function ClientList() {
	const { firm } = useFirm();
	const { view, change } = useListView('clients', 'NAME_ASC');
	useTitle(`Clients of ${firm.name}`);
	const { authorId: _, clientId: __, ...dates } = partsOf(view);
	const filter = { ...dates, ...(view.status && { status: view.status as ClientStatus }) };
	const list = useList(
		ClientsDocument,
		{ firmId: firm.id, first: PAGE_SIZE, orderBy: view.order as ClientOrder, filter, count: true },
		IN,
		{ firmId: firm.id, type: 'Client' },
	);
	return (
		<>
			<h2>Clients</h2>
			<ListFilters view={view} onChange={change} orders={ORDERS} statuses={STATUSES} hasAuthor={false} />
			<ListStatus list={list} empty={<p>No clients match.</p>}>
				{(rows) => (
					<RecordTable
						caption="Clients"
						firstLabel="Client"
						rows={rows}
						columns={COLUMNS}
						nameOf={({ name }) => name}
						hrefOf={({ id }) => `/firms/${firm.id}/clients/${id}`}
						selection={null}
					/>
				)}
			</ListStatus>
		</>
	);
}
