import {
	InvoiceMemosDocument,
	type InvoiceOrder,
	type InvoiceStatus,
	InvoicesDocument,
	type InvoicesQuery,
} from '../../../../kit/api/operator.generated.ts';
import { Person, useTitle } from '../../../../kit/parts/index.ts';
import { showConstant } from '../../../../kit/text/amounts.ts';
import { startOfDay } from '../../../../kit/text/local-time.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { VisibleText } from '../../../../kit/text/visible-text.tsx';
import { readingOf } from '../../../records/opened-values.tsx';
import { RecordList } from '../../../records/record-list.tsx';
import type { Column } from '../../../records/record-table.tsx';
import { type ListIn, PAGE_SIZE, useList } from '../../../records/use-list.ts';
import { useFirm } from '../firm-context.ts';
import { ListFilters } from '../list-filters.tsx';
import { useListView } from '../list-view.ts';

type Row = InvoicesQuery['invoices']['nodes'][number];
const IN: ListIn<InvoicesQuery, Row> = {
	get: ({ invoices }) => invoices,
	put: (data, page) => ({ ...data, invoices: { ...data.invoices, ...page } }),
};

const ORDERS: Readonly<Record<InvoiceOrder, string>> = {
	CREATED_AT_DESC: 'Newest first',
	CREATED_AT_ASC: 'Oldest first',
	UPDATED_AT_DESC: 'Last changed first',
	UPDATED_AT_ASC: 'Longest unchanged first',
	NUMBER_ASC: 'Number, A to Z',
	NUMBER_DESC: 'Number, Z to A',
};
const STATUSES: readonly InvoiceStatus[] = ['DRAFT', 'ISSUED', 'PAID', 'VOID'];

const COLUMNS: readonly Column<Row>[] = [
	{ label: 'State', cell: ({ status }) => showConstant(status) },
	{ label: 'Currency', cell: ({ currency }) => currency },
	{ label: 'Client', cell: ({ client }) => (client ? <VisibleText text={client.name} /> : '—') },
	{ label: 'Issued', cell: ({ issuedAt }) => (issuedAt ? <Time at={issuedAt} show="day" /> : '—') },
	{ label: 'Due', cell: ({ dueAt }) => (dueAt ? <Time at={dueAt} show="day" /> : '—') },
	{ label: 'By', cell: ({ author }) => <Person person={author} /> },
];

export function InvoiceList() {
	const { firm } = useFirm();
	const { view, change } = useListView('invoices', 'CREATED_AT_DESC');
	useTitle(`Invoices of ${firm.name}`);
	const filter = {
		...(view.authorId && { authorId: view.authorId }),
		...(view.clientId && { clientId: view.clientId }),
		...(view.status && { status: view.status as InvoiceStatus }),
		...(view.from && { issuedFrom: startOfDay(view.from) }),
		...(view.to && { issuedBefore: startOfDay(view.to, 1) }),
	};
	const variables = { firmId: firm.id, orderBy: view.order as InvoiceOrder, filter };
	const live = { firmId: firm.id, type: 'Invoice' };
	const list = useList(InvoicesDocument, { ...variables, first: PAGE_SIZE, count: true }, IN, live);
	return (
		<>
			<h2>Invoices</h2>
			<ListFilters view={view} onChange={change} orders={ORDERS} statuses={STATUSES} hasClient dayOf="Issued" />
			<RecordList
				firm={firm}
				list={list}
				type="Invoice"
				caption="Invoices"
				firstLabel="Number"
				columns={COLUMNS}
				nameOf={nameOfInvoice}
				hrefOf={({ id }) => `/firms/${firm.id}/invoices/${id}`}
				empty={<p>No invoices match. Only metadata can be filtered, since amounts and texts are encrypted.</p>}
				content={{
					field: 'Invoice.memo',
					readingOf: (first) =>
						readingOf(InvoiceMemosDocument, { ...variables, first }, ({ invoices }) =>
							invoices.nodes.map(({ id, memo }) => ({ id, coordinate: 'Invoice.memo', value: memo })),
						),
				}}
			/>
		</>
	);
}

export const nameOfInvoice = ({ number }: Pick<Row, 'number'>): string => `Invoice ${number}`;
