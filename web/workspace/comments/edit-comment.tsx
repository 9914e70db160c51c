import { useMutation } from '@apollo/client/react';
import { UpdateCommentDocument } from '../../kit/api/workspace.generated.ts';
import { EditEnd, Field, focusHere, useEdit } from '../../kit/parts/index.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import type { CommentRow } from './comments.tsx';

interface EditCommentProps {
	readonly comment: CommentRow;
	/** Reads the comments again. */
	readonly onChange: () => Promise<unknown>;
	readonly onClose: () => void;
}

/** Changes a comment where it stands. */
export function EditComment({ comment, onChange, onClose }: EditCommentProps) {
	const [update] = useMutation(UpdateCommentDocument);
	const edit = useEdit({
		present: { revision: comment.revision, values: { text: comment.text ?? '' } },
		save: ({ text }, expectedRevision) => update({ variables: { input: { id: comment.id, expectedRevision, text } } }),
		reread: onChange,
		onClose,
	});
	return (
		<form className="stack tight" onSubmit={edit.submit}>
			<Field label="Your comment">
				{(control) => (
					<textarea
						{...control}
						ref={focusHere}
						rows={3}
						value={edit.values.text}
						readOnly={edit.isSaving}
						onChange={(event) => edit.change({ text: event.target.value })}
					/>
				)}
			</Field>
			<EditEnd edit={edit} label="Save comment">
				<VisibleText text={comment.text ?? ''} form="LINES" />
			</EditEnd>
		</form>
	);
}
