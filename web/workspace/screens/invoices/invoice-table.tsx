import { Content, type SealedField } from '../../../kit/content/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { InvoiceStatusBadge } from './invoice-status.tsx';
import { type InvoiceRow, moneyOf } from './invoice-words.ts';

interface InvoiceTableProps {
	readonly caption: string;
	readonly invoices: readonly InvoiceRow[];
	readonly sealed: readonly SealedField[];
	/** Whether to show for which client each is. */
	readonly withClient?: boolean;
}

/** Invoices with their amounts. */
export const InvoiceTable = ({ caption, invoices, sealed, withClient = false }: InvoiceTableProps) => (
	<div className="table records">
		<table className="cards">
			<caption className="said">{caption}</caption>
			<thead>
				<tr>
					<th scope="col">Number</th>
					{withClient && <th scope="col">Client</th>}
					<th scope="col">Status</th>
					<th scope="col" className="number">
						Total
					</th>
					<th scope="col" className="number">
						Still due
					</th>
					<th scope="col">Due</th>
				</tr>
			</thead>
			<tbody>
				{invoices.map((invoice) => (
					<tr key={invoice.id}>
						<th scope="row">
							<a href={`#/invoices/${invoice.id}`}>
								<VisibleText text={invoice.number} />
							</a>
						</th>
						{withClient && (
							<td data-label="Client">{invoice.client ? <VisibleText text={invoice.client.name} /> : '—'}</td>
						)}
						<td data-label="Status">
							<InvoiceStatusBadge invoice={invoice} />
						</td>
						<td data-label="Total" className="number">
							<Content value={moneyOf(invoice.total, invoice.currency)} field="Invoice.total" sealed={sealed} />
						</td>
						<td data-label="Still due" className="number">
							<Content value={moneyOf(invoice.amountDue, invoice.currency)} field="Invoice.amountDue" sealed={sealed} />
						</td>
						<td data-label="Due">{invoice.dueAt === null ? '—' : <Time at={invoice.dueAt} show="day" />}</td>
					</tr>
				))}
			</tbody>
		</table>
	</div>
);
