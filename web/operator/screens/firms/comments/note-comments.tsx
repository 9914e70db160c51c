import {
	NoteCommentsDocument,
	type NoteCommentsQuery,
	NoteCommentTextsDocument,
} from '../../../../kit/api/operator.generated.ts';
import { readingOf } from '../../../records/opened-values.tsx';
import type { ListIn } from '../../../records/use-list.ts';
import { type Comment, CommentList, textsOf } from './comment-list.tsx';

const IN: ListIn<NoteCommentsQuery, Comment> = {
	get: ({ note }) => note?.comments,
	put: (data, page) =>
		data.note?.comments ? { note: { ...data.note, comments: { ...data.note.comments, ...page } } } : data,
};

export const NoteComments = ({ id }: { readonly id: string }) => (
	<CommentList
		id={id}
		document={NoteCommentsDocument}
		at={IN}
		readingOf={(first) => readingOf(NoteCommentTextsDocument, { id, first }, ({ note }) => textsOf(note?.comments))}
	/>
);
