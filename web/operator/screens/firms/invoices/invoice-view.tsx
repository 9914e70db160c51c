import {
	InvoiceDocument,
	type InvoiceQuery,
	InvoiceWithItemsDocument,
	type InvoiceWithItemsQuery,
} from '../../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../../kit/content/index.ts';
import { Person, useTitle } from '../../../../kit/parts/index.ts';
import { showConstant } from '../../../../kit/text/amounts.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { VisibleText } from '../../../../kit/text/visible-text.tsx';
import { ContentPanel } from '../../../records/content-panel.tsx';
import { type OpenedValue, readingOf } from '../../../records/opened-values.tsx';
import type { Part } from '../../../records/part.ts';
import type { ViewProps } from '../../../screen.ts';
import { Comments } from '../comments.tsx';
import { useFirm } from '../firm-context.ts';
import { type FactRow, RecordView } from '../record-view.tsx';
import { SharedWith } from '../shared-with.tsx';
import { nameOfInvoice } from './invoice-list.tsx';

type Seen = NonNullable<InvoiceQuery['invoice']>;

export function InvoiceView({ record: id = '' }: ViewProps) {
	const { firm } = useFirm();
	const query = useContentQuery(InvoiceDocument, { variables: { id } });
	const invoice = query.data?.invoice;
	const name = invoice ? nameOfInvoice(invoice) : null;
	useTitle(name ?? 'Invoice');
	return (
		<RecordView
			kind="Invoice"
			name={name}
			id={id}
			back={[`/firms/${firm.id}/invoices`, 'Invoices']}
			query={query}
			facts={invoice ? factsOf(invoice) : []}
		>
			{invoice && (
				<ContentPanel
					firm={firm}
					parts={partsOf(invoice)}
					revision={invoice.revision}
					reading={readingOf(InvoiceWithItemsDocument, { id }, valuesOf)}
				/>
			)}
			<Comments id={id} />
		</RecordView>
	);
}

const factsOf = (invoice: Seen): readonly FactRow[] => [
	['State', showConstant(invoice.status)],
	['Currency', invoice.currency],
	['Client', invoice.client && <VisibleText key="client" text={invoice.client.name} />],
	['Shared with', <SharedWith key="shared" clients={invoice.sharedWith} />],
	['Issued', invoice.issuedAt && <Time key="issued" at={invoice.issuedAt} show="day" />],
	['Due', invoice.dueAt && <Time key="due" at={invoice.dueAt} show="day" />],
	['Lines', invoice.lineItems.length],
	['Created by', <Person key="by" person={invoice.author} />],
	['Created', <Time key="at" at={invoice.createdAt} />],
	['Last changed', <Time key="changed" at={invoice.updatedAt} />],
	['Revision', invoice.revision],
];

/** The invoice, then its lines: each is a record of its own for a lease. */
const partsOf = (invoice: Seen): readonly Part[] => [
	{ type: 'Invoice', id: invoice.id, name: nameOfInvoice(invoice) },
	...invoice.lineItems.map(({ id, position }): Part => ({ type: 'InvoiceLineItem', id, name: `Line ${position}` })),
];

function valuesOf({ invoice }: InvoiceWithItemsQuery): readonly OpenedValue[] {
	if (!invoice) return [];
	const { id, memo, total, amountDue, lineItems } = invoice;
	return [
		{ id, coordinate: 'Invoice.memo', value: memo },
		{ id, coordinate: 'Invoice.total', value: total },
		{ id, coordinate: 'Invoice.amountDue', value: amountDue },
		...lineItems.flatMap((each) => [
			{ id: each.id, coordinate: 'InvoiceLineItem.description', value: each.description },
			{ id: each.id, coordinate: 'InvoiceLineItem.quantity', value: each.quantity },
			{ id: each.id, coordinate: 'InvoiceLineItem.unitAmount', value: each.unitAmount },
		]),
	];
}
