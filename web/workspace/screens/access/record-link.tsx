import { NodeDocument, type NodeQuery } from '../../../kit/api/workspace.generated.ts';
import { Content, type SealedField, useContentQuery } from '../../../kit/content/index.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useTitles } from './titles.tsx';

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

/** What people call a record, if it has a name of its own or is a part of one that has. */
function nameOf(node: Found): string | null {
	if ('name' in node && node.__typename !== 'User') return node.name;
	if (node.__typename === 'Invoice') return node.number;
	if (node.__typename === 'DocumentVersion') return node.document?.name ?? null;
	return node.__typename === 'InvoiceLineItem' ? (node.invoice?.number ?? null) : null;
}

function Name({ node, sealed }: { readonly node: Found; readonly sealed: readonly SealedField[] }) {
	if (node.__typename === 'Note' && node.title !== undefined)
		return (
			<>
				: <Content value={node.title} field="Note.title" sealed={sealed} empty="without a title" />
			</>
		);
	const name = nameOf(node);
	return (
		name !== null && (
			<>
				: <VisibleText text={name} />
			</>
		)
	);
}

/** A record by what it is and is called, and its id, as the log names it; with the way to it if it still exists. */
export function RecordLink({ id }: { readonly id: string }) {
	const { data, error, sealed } = useContentQuery(NodeDocument, { variables: { id, titles: useTitles() } });
	const node = data?.node;
	const name = (
		<>
			{node ? words(node.__typename) : 'Record'}
			{node && <Name node={node} sealed={sealed} />} <span className="mono quiet record-id">{id}</span>
		</>
	);
	if (data && !node && !error) return <span>{name} (deleted since)</span>;
	const place = node ? placeOf(node) : null;
	return place === null ? <span>{name}</span> : <a href={`#${place}`}>{name}</a>;
}
