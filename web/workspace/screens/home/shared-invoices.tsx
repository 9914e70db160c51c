import { InvoicesDocument } from '../../../kit/api/workspace.generated.ts';
import { useContentQuery } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Empty, ErrorNote } from '../../../kit/parts/index.ts';
import { InvoiceTable } from '../invoices/invoice-table.tsx';

const TYPES = ['Invoice', 'InvoiceLineItem', 'Client'];
const VARIABLES = { first: 8, orderBy: 'UPDATED_AT_DESC' } as const;

/** The invoices that the firm has issued to this client, newest first. */
export function SharedInvoices() {
	const { data, error, sealed, refetch } = useContentQuery(InvoicesDocument, { variables: VARIABLES });
	useRecordEvents(TYPES, refetch);
	const invoices = data?.invoices.nodes;
	return (
		<section className="stack" aria-labelledby="invoices">
			<h2 id="invoices">Invoices</h2>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{!invoices && !error && <p role="status">Loading …</p>}
			{invoices?.length === 0 && (
				<Empty>
					<p>No invoices yet. You find here what your firm bills to you.</p>
				</Empty>
			)}
			{invoices && invoices.length > 0 && (
				<InvoiceTable caption="Invoices to you, most recently changed first" invoices={invoices} sealed={sealed} />
			)}
			{data?.invoices.pageInfo.hasNextPage && <a href="#/invoices">All invoices</a>}
		</section>
	);
}
