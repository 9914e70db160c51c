import type { TypedDocumentNode } from '@apollo/client';
import {
	type CommentPageFragment,
	type CommentSubject,
	DocumentCommentsDocument,
	InvoiceCommentsDocument,
	MessageCommentsDocument,
	NoteCommentsDocument,
	type NoteCommentsQueryVariables,
} from '../../kit/api/workspace.generated.ts';
import type { ListPage } from '../../kit/content/use-content-list.ts';

export type CommentRow = CommentPageFragment['nodes'][number];

/** The answer of each of the queries: the object by its name, such as `note`. */
type Commented = Readonly<
	Record<string, { readonly id: string; readonly comments: ListPage<CommentRow> | null } | null>
>;

const QUERIES = {
	documentId: ['document', DocumentCommentsDocument],
	invoiceId: ['invoice', InvoiceCommentsDocument],
	messageId: ['message', MessageCommentsDocument],
	noteId: ['note', NoteCommentsDocument],
} as const;

/** How the comments on one object are read. */
export function queryOf(about: CommentSubject) {
	const [[field, id] = []] = Object.entries(about) as [keyof typeof QUERIES, string][];
	if (field === undefined || id === undefined) throw new Error('Comments are about one object.');
	const [name, document] = QUERIES[field];
	return {
		id,
		document: document as TypedDocumentNode<Commented, NoteCommentsQueryVariables>,
		listOf: (data: Commented) => data[name]?.comments,
		withList: (data: Commented, comments: ListPage<CommentRow>): Commented => ({
			...data,
			[name]: { ...data[name], id, comments },
		}),
	};
}
