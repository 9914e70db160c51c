import { useQuery } from '@apollo/client/react';
import { NodeDocument, type NodeQuery } from '../../../kit/api/workspace.generated.ts';
import { showConstant } from '../../../kit/text/amounts.ts';

type Found = NonNullable<NodeQuery['node']>;

/** Where the workspace shows an object; null for one that it shows as part of another which is gone. */
function placeOf(node: Found): string | null {
	switch (node.__typename) {
		case 'Note':
			return `/notes/${node.id}`;
		case 'Document':
			return `/documents/${node.id}`;
		case 'DocumentVersion':
			return node.document ? `/documents/${node.document.id}` : null;
		case 'Client':
			return `/clients/${node.id}`;
		case 'Invoice':
			return `/invoices/${node.id}`;
		case 'InvoiceLineItem':
			return node.invoice ? `/invoices/${node.invoice.id}` : null;
		case 'Thread':
			return `/threads/${node.id}`;
		case 'Message':
			return node.thread ? `/threads/${node.thread.id}` : null;
		case 'TimeEntry':
			return '/time';
		case 'Comment': {
			const { document, note, invoice } = node;
			if (document) return `/documents/${document.id}`;
			if (note) return `/notes/${note.id}`;
			return invoice ? `/invoices/${invoice.id}` : null;
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

const words = (type: string): string => showConstant(type.replace(/(?<=[a-z])(?=[A-Z])/g, '_'));

/** A record by what it is and its id, with the way to it if it still exists. */
export function RecordLink({ id }: { readonly id: string }) {
	const { data } = useQuery(NodeDocument, { variables: { id }, fetchPolicy: 'cache-first' });
	const node = data?.node;
	const name = (
		<>
			{node ? words(node.__typename) : 'Record'} <span className="mono">{id}</span>
		</>
	);
	if (data && !node) return <span>{name} (deleted since)</span>;
	const place = node ? placeOf(node) : null;
	return place === null ? <span>{name}</span> : <a href={`#${place}`}>{name}</a>;
}
