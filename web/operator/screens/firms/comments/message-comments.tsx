import {
	MessageCommentsDocument,
	type MessageCommentsQuery,
	MessageCommentTextsDocument,
} from '../../../../kit/api/operator.generated.ts';
import { readingOf } from '../../../records/opened-values.tsx';
import type { ListIn } from '../../../records/use-list.ts';
import { type Comment, CommentList, textsOf } from './comment-list.tsx';

const IN: ListIn<MessageCommentsQuery, Comment> = {
	get: ({ message }) => message?.comments,
	put: (data, page) =>
		data.message?.comments ? { message: { ...data.message, comments: { ...data.message.comments, ...page } } } : data,
};

export const MessageComments = ({ id }: { readonly id: string }) => (
	<CommentList
		id={id}
		document={MessageCommentsDocument}
		at={IN}
		readingOf={(first) =>
			readingOf(MessageCommentTextsDocument, { id, first }, ({ message }) => textsOf(message?.comments))
		}
	/>
);
