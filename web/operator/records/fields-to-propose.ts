import type { ContentType, Coordinate } from '../content/content-fields.ts';

/** What a request for a record proposes: what people read. Where a file lies and its hash are asked for only if someone chooses them. */
export const FIELDS_TO_PROPOSE: Readonly<Record<ContentType | 'Thread', readonly Coordinate[]>> = {
	Document: ['Document.description', 'Document.content', 'DocumentVersion.changeSummary', 'DocumentVersion.content'],
	DocumentVersion: ['DocumentVersion.changeSummary', 'DocumentVersion.content'],
	Message: ['Message.subject', 'Message.body'],
	Thread: ['Message.subject', 'Message.body'],
	Comment: ['Comment.text'],
	Invoice: [
		'Invoice.memo',
		'Invoice.total',
		'Invoice.amountDue',
		'InvoiceLineItem.description',
		'InvoiceLineItem.quantity',
		'InvoiceLineItem.unitAmount',
	],
	InvoiceLineItem: ['InvoiceLineItem.description', 'InvoiceLineItem.quantity', 'InvoiceLineItem.unitAmount'],
	TimeEntry: ['TimeEntry.description'],
	Note: ['Note.title', 'Note.body'],
};
