import type { NodeQuery } from '../../../../kit/api/operator.generated.ts';

type Found = NonNullable<NodeQuery['node']>;

/** Where the console shows an object; null for one that it shows nowhere, or whose whole is gone. */
export function placeOf(node: Found): string | null {
	if (node.__typename === 'Firm') return `/firms/${node.id}`;
	if (node.__typename === 'BreakGlassLease') return `/leases/${node.id}`;
	if (node.__typename === 'User') return node.firm ? `/firms/${node.firm.id}` : null;
	const within = placeInFirm(node);
	return within === null || !('firmId' in node) ? null : `/firms/${node.firmId}/${within}`;
}

function placeInFirm(node: Found): string | null {
	switch (node.__typename) {
		case 'Note':
			return `notes/${node.id}`;
		case 'Document':
			return `documents/${node.id}`;
		case 'Invoice':
			return `invoices/${node.id}`;
		case 'TimeEntry':
			return `time/${node.id}`;
		case 'Client':
			return `clients/${node.id}`;
		case 'Thread':
			return `messages/${node.id}`;
		case 'Message':
			return messageAt(node.thread, node.id);
		case 'DocumentVersion':
			return node.document && `documents/${node.document.id}`;
		case 'InvoiceLineItem':
			return node.invoice && `invoices/${node.invoice.id}`;
		case 'Comment': {
			const { document, message, note, invoice } = node;
			if (document) return `documents/${document.id}`;
			if (note) return `notes/${note.id}`;
			if (invoice) return `invoices/${invoice.id}`;
			return message && messageAt(message.thread, message.id);
		}
		case 'Alert':
		case 'AuditEntry':
		case 'BreakGlassLease':
		case 'Firm':
		case 'Notice':
		case 'User':
			return null;
	}
}

const messageAt = (thread: { readonly id: string } | null, id: string): string | null =>
	thread && `messages/${thread.id}/${id}`;
