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
