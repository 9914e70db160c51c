import {
	DocumentCommentsDocument,
	type DocumentCommentsQuery,
	DocumentCommentTextsDocument,
} from '../../../../kit/api/operator.generated.ts';
import { readingOf } from '../../../records/opened-values.tsx';
import type { ListIn } from '../../../records/use-list.ts';
import { type Comment, CommentList, textsOf } from './comment-list.tsx';

const IN: ListIn<DocumentCommentsQuery, Comment> = {
	get: ({ document }) => document?.comments,
	put: (data, page) =>
		data.document?.comments
			? { document: { ...data.document, comments: { ...data.document.comments, ...page } } }
			: data,
};

export const DocumentComments = ({ id }: { readonly id: string }) => (
	<CommentList
		id={id}
		document={DocumentCommentsDocument}
		at={IN}
		readingOf={(first) =>
			readingOf(DocumentCommentTextsDocument, { id, first }, ({ document }) => textsOf(document?.comments))
		}
	/>
);
