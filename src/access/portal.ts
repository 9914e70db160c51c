/**
 * What a client's portal users may do with the content of a type, once it is shared with their client: read it, or write it
 * too. Of a type that isn't here they get nothing.
 */
export const PORTAL: Readonly<Record<string, 'READ' | 'WRITE'>> = Object.freeze({
	Document: 'READ',
	DocumentVersion: 'WRITE',
	Message: 'WRITE',
	Invoice: 'READ',
	InvoiceLineItem: 'READ',
});

/** Where the latest file of a document lies and what it is, which an upload by a portal user to what is shared with it writes too. */
export const PORTAL_UPLOADS: ReadonlySet<string> = new Set([
	'Document.bucket',
	'Document.objectKey',
	'Document.sha256',
]);
