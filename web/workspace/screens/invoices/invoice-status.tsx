import { type InvoiceRow, isOverdue, STATUS_BADGES, STATUS_WORDS } from './invoice-words.ts';

export const InvoiceStatusBadge = ({ invoice }: { readonly invoice: Pick<InvoiceRow, 'status' | 'dueAt'> }) => (
	<>
		<span className={STATUS_BADGES[invoice.status]}>{STATUS_WORDS[invoice.status]}</span>
		{isOverdue(invoice) && (
			<>
				{' '}
				<span className="badge bad">Overdue</span>
			</>
		)}
	</>
);
