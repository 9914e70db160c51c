// Written by `npm run generate` from schema/ and src/firms/workspace.ts: change those.
import type { ContentInput, ContentMutation } from './coordinate-types.ts';

/** Input types that write content. */
export const CONTENT_INPUTS: Readonly<Record<string, ContentInput>> = {
	CreateCommentInput: { type: 'Comment', kind: 'CREATE', content: [ 'text' ], metadata: [ 'id', 'about' ] },
	CreateDocumentInput: { type: 'Document', kind: 'CREATE', content: [ 'description' ], metadata: [ 'id', 'clientId', 'name', 'mimeType' ] },
	CreateDocumentVersionInput: { type: 'DocumentVersion', kind: 'CREATE', content: [ 'changeSummary' ], metadata: [ 'id', 'documentId' ] },
	CreateInvoiceInput: { type: 'Invoice', kind: 'CREATE', content: [ 'total', 'amountDue', 'memo' ], metadata: [ 'id', 'clientId', 'number', 'status', 'currency', 'issuedAt', 'dueAt' ], lists: { lineItems: 'InvoiceLineItemInput' }, copies: { amountDue: 'total' } },
	CreateMessageInput: { type: 'Message', kind: 'CREATE', content: [ 'subject', 'body' ], metadata: [ 'id', 'threadId' ], thread: 'threadId' },
	CreateNoteInput: { type: 'Note', kind: 'CREATE', content: [ 'title', 'body' ], metadata: [ 'id' ] },
	CreateTimeEntryInput: { type: 'TimeEntry', kind: 'CREATE', content: [ 'description' ], metadata: [ 'id', 'clientId', 'minutes', 'startedAt' ] },
	InvoiceLineItemInput: { type: 'InvoiceLineItem', kind: 'CREATE', content: [ 'description', 'quantity', 'unitAmount' ], metadata: [ 'id' ] },
	UpdateCommentInput: { type: 'Comment', kind: 'UPDATE', content: [ 'text' ], metadata: [ 'id', 'expectedRevision' ] },
	UpdateDocumentInput: { type: 'Document', kind: 'UPDATE', content: [ 'description' ], metadata: [ 'id', 'expectedRevision', 'clientId', 'name', 'mimeType' ] },
	UpdateInvoiceInput: { type: 'Invoice', kind: 'UPDATE', content: [ 'total', 'amountDue', 'memo' ], metadata: [ 'id', 'expectedRevision', 'clientId', 'number', 'status', 'currency', 'issuedAt', 'dueAt' ], lists: { lineItems: 'InvoiceLineItemInput' } },
	UpdateMessageInput: { type: 'Message', kind: 'UPDATE', content: [ 'subject', 'body' ], metadata: [ 'id', 'expectedRevision' ] },
	UpdateNoteInput: { type: 'Note', kind: 'UPDATE', content: [ 'title', 'body' ], metadata: [ 'id', 'expectedRevision' ] },
	UpdateTimeEntryInput: { type: 'TimeEntry', kind: 'UPDATE', content: [ 'description' ], metadata: [ 'id', 'expectedRevision', 'clientId', 'minutes', 'startedAt' ] },
};

/** Mutations that write content. */
export const CONTENT_MUTATIONS: Readonly<Record<string, ContentMutation>> = {
	createComment: { argument: 'input', input: 'CreateCommentInput' },
	createDocument: { argument: 'input', input: 'CreateDocumentInput' },
	createDocumentVersion: { argument: 'input', input: 'CreateDocumentVersionInput' },
	createInvoice: { argument: 'input', input: 'CreateInvoiceInput' },
	createMessage: { argument: 'input', input: 'CreateMessageInput' },
	createNote: { argument: 'input', input: 'CreateNoteInput' },
	createTimeEntry: { argument: 'input', input: 'CreateTimeEntryInput' },
	updateComment: { argument: 'input', input: 'UpdateCommentInput' },
	updateDocument: { argument: 'input', input: 'UpdateDocumentInput' },
	updateInvoice: { argument: 'input', input: 'UpdateInvoiceInput' },
	updateMessage: { argument: 'input', input: 'UpdateMessageInput' },
	updateNote: { argument: 'input', input: 'UpdateNoteInput' },
	updateTimeEntry: { argument: 'input', input: 'UpdateTimeEntryInput' },
};
