// Written by `npm run generate` from schema/ and src/firms/workspace.ts: change those.
import type { ContentType } from './coordinate-types.ts';

/** Object types with content. */
export const CONTENT_TYPES: Readonly<Record<string, ContentType>> = {
	Comment: { table: 'comments', class: 'COMMUNICATION', fields: { text: { column: 'text', type: 'String', pad: 64 } } },
	Document: { table: 'documents', class: 'DOCUMENT', fields: { description: { column: 'description', type: 'String', pad: 64 }, bucket: { column: 'bucket', type: 'String', pad: 64, isServerMade: true }, objectKey: { column: 'object_key', type: 'String', pad: 64, isServerMade: true }, sha256: { column: 'sha256', type: 'String', pad: 0, isServerMade: true } } },
	DocumentVersion: { table: 'document_versions', class: 'DOCUMENT', fields: { changeSummary: { column: 'change_summary', type: 'String', pad: 64 }, bucket: { column: 'bucket', type: 'String', pad: 64, isServerMade: true }, objectKey: { column: 'object_key', type: 'String', pad: 64, isServerMade: true }, sha256: { column: 'sha256', type: 'String', pad: 0, isServerMade: true } } },
	Invoice: { table: 'invoices', class: 'BILLING', fields: { memo: { column: 'memo', type: 'String', pad: 64 }, total: { column: 'total', type: 'Decimal', pad: 32 }, amountDue: { column: 'amount_due', type: 'Decimal', pad: 32 } } },
	InvoiceLineItem: { table: 'invoice_line_items', class: 'BILLING', fields: { description: { column: 'description', type: 'String', pad: 64 }, quantity: { column: 'quantity', type: 'Decimal', pad: 32 }, unitAmount: { column: 'unit_amount', type: 'Decimal', pad: 32 } } },
	Message: { table: 'messages', class: 'COMMUNICATION', fields: { subject: { column: 'subject', type: 'String', pad: 64 }, body: { column: 'body', type: 'String', pad: 256 } }, thread: 'thread' },
	Note: { table: 'notes', class: 'NOTE', fields: { title: { column: 'title', type: 'String', pad: 64 }, body: { column: 'body', type: 'String', pad: 256 } } },
	TimeEntry: { table: 'time_entries', class: 'BILLING', fields: { description: { column: 'description', type: 'String', pad: 64 } } },
};

/** Fields that lead to content: type, field, named type. */
export const OBJECT_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	Comment: { document: 'Document', invoice: 'Invoice', message: 'Message', note: 'Note' },
	CommentConnection: { edges: 'CommentEdge', nodes: 'Comment' },
	CommentEdge: { node: 'Comment' },
	CreateCommentPayload: { comment: 'Comment' },
	CreateDocumentPayload: { document: 'Document' },
	CreateDocumentVersionPayload: { documentVersion: 'DocumentVersion' },
	CreateInvoicePayload: { invoice: 'Invoice' },
	CreateMessagePayload: { message: 'Message' },
	CreateNotePayload: { note: 'Note' },
	CreateThreadPayload: { thread: 'Thread' },
	CreateTimeEntryPayload: { timeEntry: 'TimeEntry' },
	Document: { comments: 'CommentConnection', versions: 'DocumentVersion' },
	DocumentConnection: { edges: 'DocumentEdge', nodes: 'Document' },
	DocumentEdge: { node: 'Document' },
	DocumentVersion: { document: 'Document' },
	Invoice: { comments: 'CommentConnection', lineItems: 'InvoiceLineItem' },
	InvoiceConnection: { edges: 'InvoiceEdge', nodes: 'Invoice' },
	InvoiceEdge: { node: 'Invoice' },
	InvoiceLineItem: { invoice: 'Invoice' },
	Message: { comments: 'CommentConnection', thread: 'Thread' },
	MessageConnection: { edges: 'MessageEdge', nodes: 'Message' },
	MessageEdge: { node: 'Message' },
	Mutation: { createComment: 'CreateCommentPayload', createDocument: 'CreateDocumentPayload', createDocumentVersion: 'CreateDocumentVersionPayload', createInvoice: 'CreateInvoicePayload', createMessage: 'CreateMessagePayload', createNote: 'CreateNotePayload', createThread: 'CreateThreadPayload', createTimeEntry: 'CreateTimeEntryPayload', shareWithClient: 'ShareWithClientPayload', unshareWithClient: 'UnshareWithClientPayload', updateComment: 'UpdateCommentPayload', updateDocument: 'UpdateDocumentPayload', updateInvoice: 'UpdateInvoicePayload', updateMessage: 'UpdateMessagePayload', updateNote: 'UpdateNotePayload', updateTimeEntry: 'UpdateTimeEntryPayload' },
	Note: { comments: 'CommentConnection' },
	NoteConnection: { edges: 'NoteEdge', nodes: 'Note' },
	NoteEdge: { node: 'Note' },
	Query: { document: 'Document', documents: 'DocumentConnection', invoice: 'Invoice', invoices: 'InvoiceConnection', message: 'Message', messages: 'MessageConnection', node: 'Node', note: 'Note', notes: 'NoteConnection', recordsToReseal: 'Node', thread: 'Thread', threads: 'ThreadConnection', timeEntries: 'TimeEntryConnection', timeEntry: 'TimeEntry' },
	ShareWithClientPayload: { subject: 'SharedSubject' },
	Thread: { messages: 'MessageConnection' },
	ThreadConnection: { edges: 'ThreadEdge', nodes: 'Thread' },
	ThreadEdge: { node: 'Thread' },
	TimeEntryConnection: { edges: 'TimeEntryEdge', nodes: 'TimeEntry' },
	TimeEntryEdge: { node: 'TimeEntry' },
	UnshareWithClientPayload: { subject: 'SharedSubject' },
	UpdateCommentPayload: { comment: 'Comment' },
	UpdateDocumentPayload: { document: 'Document' },
	UpdateInvoicePayload: { invoice: 'Invoice' },
	UpdateMessagePayload: { message: 'Message' },
	UpdateNotePayload: { note: 'Note' },
	UpdateTimeEntryPayload: { timeEntry: 'TimeEntry' },
};

/** Interfaces and unions, with the object types that they stand for. */
export const ABSTRACT_TYPES: Readonly<Record<string, readonly string[]>> = {
	FirmOwned: [ 'Client', 'Comment', 'Document', 'DocumentVersion', 'Invoice', 'InvoiceLineItem', 'Message', 'Note', 'Thread', 'TimeEntry' ],
	Node: [ 'Alert', 'AuditEntry', 'BreakGlassLease', 'Client', 'Comment', 'Document', 'DocumentVersion', 'Firm', 'Invoice', 'InvoiceLineItem', 'Message', 'Note', 'Notice', 'Thread', 'TimeEntry', 'User' ],
	SharedSubject: [ 'Document', 'Invoice', 'Thread' ],
};

/** Queries whose argument `id` names the record of the answer. */
export const QUERIES_BY_ID: readonly string[] = [ 'document', 'invoice', 'message', 'node', 'note', 'timeEntry' ];
