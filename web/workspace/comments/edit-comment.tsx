import { useMutation } from '@apollo/client/react';
import { useEffect } from 'react';
import { UpdateCommentDocument } from '../../kit/api/workspace.generated.ts';
import {
	ChangedMeanwhile,
	confirmLoss,
	ErrorNote,
	Field,
	focusHere,
	SaveButton,
	useDraft,
	useLeaveGuard,
	useSave,
} from '../../kit/parts/index.ts';
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
	const draft = useDraft({ revision: comment.revision, values: { text: comment.text ?? '' } });
	const [update] = useMutation(UpdateCommentDocument);
	useLeaveGuard(draft.hasChanges);
	const { isSaving, error, submit } = useSave(async () => {
		const { revision, values } = draft;
		await update({ variables: { input: { id: comment.id, expectedRevision: revision, text: values.text } } });
		onClose();
	}, onChange);
	const isSaved = error !== null && draft.isSaved;
	useEffect(() => {
		if (isSaved) onClose();
	}, [isSaved, onClose]);
	return (
		<form className="stack tight" onSubmit={submit}>
			<Field label="Your comment">
				{(control) => (
					<textarea
						{...control}
						ref={focusHere}
						rows={3}
						value={draft.values.text}
						readOnly={isSaving}
						onChange={(event) => draft.change({ text: event.target.value })}
					/>
				)}
			</Field>
			{draft.isStale && (
				<ChangedMeanwhile onTake={draft.takePresent}>
					<VisibleText text={comment.text ?? ''} form="LINES" />
				</ChangedMeanwhile>
			)}
			{error !== null && !draft.isStale && <ErrorNote error={error} />}
			<div className="row">
				<SaveButton label="Save comment" isSaving={isSaving} />
				<button type="button" onClick={() => confirmLoss(draft.hasChanges) && onClose()}>
					Cancel
				</button>
			</div>
		</form>
	);
}
