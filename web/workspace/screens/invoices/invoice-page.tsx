import { useState } from 'react';
import { InvoiceDocument } from '../../../kit/api/workspace.generated.ts';
import { useContentQuery } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Empty, ErrorNote, useTitle } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { Comments } from '../../comments/index.ts';
import type { ViewProps } from '../../screen.ts';
import { SharedWith } from '../../sharing/index.ts';
import { useViewer } from '../../viewer.ts';
import { EditInvoice } from './edit-invoice.tsx';
import { InvoiceActions } from './invoice-actions.tsx';
import { InvoiceView } from './invoice-view.tsx';
import './invoices.css';

const TYPES = ['Invoice', 'InvoiceLineItem', 'Client'];

/** One invoice: a portal client reads it, the firm's people also change it. */
export function InvoicePage({ id = '' }: ViewProps) {
	const isClient = useViewer().role === 'CLIENT';
	const { data, error, loading, sealed, refetch } = useContentQuery(InvoiceDocument, { variables: { id } });
	const [isEditing, setEditing] = useState(false);
	useRecordEvents(TYPES, refetch);
	const invoice = data?.invoice;
	useTitle(invoice ? `Invoice ${invoice.number}` : 'Invoice');
	if (!invoice && error) return <ErrorNote error={error} onRetry={refetch} />;
	if (!invoice && loading) return <p role="status">Loading …</p>;
	if (!invoice)
		return (
			<Empty>
				<h1>There is no such invoice</h1>
				<p>
					It was deleted, or is not shared with you. <a href="#/invoices">All invoices</a>
				</p>
			</Empty>
		);
	return (
		<>
			<p className="no-print">
				<a href="#/invoices">All invoices</a>
			</p>
			<header>
				<h1>
					Invoice <VisibleText text={invoice.number} />
				</h1>
				{!isEditing && <InvoiceActions invoice={invoice} onEdit={() => setEditing(true)} onConflict={refetch} />}
			</header>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{isEditing ? (
				<EditInvoice invoice={invoice} sealed={sealed} onConflict={refetch} onClose={() => setEditing(false)} />
			) : (
				<InvoiceView invoice={invoice} sealed={sealed} />
			)}
			{!isClient && !isEditing && (
				<div className="no-print stack wide">
					<SharedWith
						subject={{ invoiceId: invoice.id }}
						noun="invoice"
						clients={invoice.sharedWith}
						about={invoice.client}
						notYet={invoice.status === 'DRAFT' ? 'Issue the invoice first: clients never see a draft.' : undefined}
					/>
					<Comments about={{ invoiceId: invoice.id }} />
				</div>
			)}
		</>
	);
}
