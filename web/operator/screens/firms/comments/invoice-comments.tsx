import {
	InvoiceCommentsDocument,
	type InvoiceCommentsQuery,
	InvoiceCommentTextsDocument,
} from '../../../../kit/api/operator.generated.ts';
import { readingOf } from '../../../records/opened-values.tsx';
import type { ListIn } from '../../../records/use-list.ts';
import { type Comment, CommentList, textsOf } from './comment-list.tsx';

const IN: ListIn<InvoiceCommentsQuery, Comment> = {
	get: ({ invoice }) => invoice?.comments,
	put: (data, page) =>
		data.invoice?.comments ? { invoice: { ...data.invoice, comments: { ...data.invoice.comments, ...page } } } : data,
};

export const InvoiceComments = ({ id }: { readonly id: string }) => (
	<CommentList
		id={id}
		document={InvoiceCommentsDocument}
		at={IN}
		readingOf={(first) =>
			readingOf(InvoiceCommentTextsDocument, { id, first }, ({ invoice }) => textsOf(invoice?.comments))
		}
	/>
);
