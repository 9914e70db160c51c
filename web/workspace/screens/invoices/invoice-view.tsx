import { Content, type SealedField } from '../../../kit/content/index.ts';
import { Person } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { multiply } from './decimal.ts';
import { InvoiceStatusBadge } from './invoice-status.tsx';
import { type Invoice, moneyOf } from './invoice-words.ts';

interface InvoiceViewProps {
	readonly invoice: Invoice;
	readonly sealed: readonly SealedField[];
}

/** An invoice as it is read and printed. */
export function InvoiceView({ invoice, sealed }: InvoiceViewProps) {
	const { currency, lineItems } = invoice;
	return (
		<div className="invoice stack">
			<dl className="facts">
				<dt>Status</dt>
				<dd>
					<InvoiceStatusBadge invoice={invoice} />
				</dd>
				<dt>Client</dt>
				<dd>{invoice.client ? <VisibleText text={invoice.client.name} /> : '—'}</dd>
				<dt>Issued</dt>
				<dd>{invoice.issuedAt === null ? 'not yet' : <Time at={invoice.issuedAt} show="day" />}</dd>
				<dt>Due</dt>
				<dd>{invoice.dueAt === null ? '—' : <Time at={invoice.dueAt} show="day" />}</dd>
				<dt>Written by</dt>
				<dd>
					<Person person={invoice.author} />
				</dd>
			</dl>
			{lineItems.length > 0 && (
				<div className="table">
					<table className="cards">
						<caption>Line items</caption>
						<thead>
							<tr>
								<th scope="col">Description</th>
								<th scope="col" className="number">
									Quantity
								</th>
								<th scope="col" className="number">
									Price
								</th>
								<th scope="col" className="number">
									Amount
								</th>
							</tr>
						</thead>
						<tbody>
							{lineItems.map((item) => (
								<tr key={item.id}>
									<th scope="row">
										<Content value={item.description} field="InvoiceLineItem.description" sealed={sealed} lines />
									</th>
									<td className="number" data-label="Quantity">
										<Content value={item.quantity} field="InvoiceLineItem.quantity" sealed={sealed} />
									</td>
									<td className="number" data-label="Price">
										<Content
											value={moneyOf(item.unitAmount, currency)}
											field="InvoiceLineItem.unitAmount"
											sealed={sealed}
										/>
									</td>
									<td className="number" data-label="Amount">
										<Content
											value={moneyOf(multiply(item.quantity ?? '', item.unitAmount ?? ''), currency)}
											field="InvoiceLineItem.unitAmount"
											sealed={sealed}
										/>
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
			<dl className="facts totals">
				<dt>Total</dt>
				<dd>
					<strong>
						<Content value={moneyOf(invoice.total, currency)} field="Invoice.total" sealed={sealed} />
					</strong>
				</dd>
				<dt>Still due</dt>
				<dd>
					<Content value={moneyOf(invoice.amountDue, currency)} field="Invoice.amountDue" sealed={sealed} />
				</dd>
			</dl>
			<p className="reading">
				<Content value={invoice.memo} field="Invoice.memo" sealed={sealed} lines empty="" />
			</p>
		</div>
	);
}
