import { useMutation } from '@apollo/client/react';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { type NoteFieldsFragment, UpdateNoteDocument } from '../../../kit/api/workspace.generated.ts';
import { ChangedMeanwhile, ErrorNote, SaveButton, useDraft, useLeaveGuard, useSave } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { isTooLong, NoteForm, type NoteValues } from './note-form.tsx';

interface EditNoteFormProps {
	readonly note: NoteFieldsFragment;
	/** Reads the note again. */
	readonly onConflict: () => Promise<unknown>;
}

/** The form of a note that others may change at the same time. */
export function EditNoteForm({ note, onConflict }: EditNoteFormProps) {
	const { id, revision } = note;
	const [, navigate] = useLocation();
	const present: NoteValues = { title: note.title ?? '', body: note.body ?? '' };
	const draft = useDraft({ revision, values: present });
	const [update] = useMutation(UpdateNoteDocument);
	const letGo = useLeaveGuard(draft.hasChanges);
	const close = () => {
		letGo();
		navigate(`/notes/${id}`, { replace: true });
	};
	const { isSaving, error, submit } = useSave(async () => {
		if (isTooLong(draft.values)) return;
		await update({ variables: { input: { id, expectedRevision: draft.revision, ...draft.values } } });
		close();
	}, onConflict);
	const isSaved = error !== null && draft.isSaved;
	useEffect(() => {
		if (isSaved) close();
	});
	return (
		<form className="stack reading" onSubmit={submit}>
			<NoteForm values={draft.values} isReadOnly={isSaving} onChange={draft.change} />
			{draft.isStale && (
				<ChangedMeanwhile onTake={draft.takePresent}>
					<p>
						<strong>
							<VisibleText text={present.title} />
						</strong>
					</p>
					<VisibleText text={present.body} form="LINES" />
				</ChangedMeanwhile>
			)}
			{error !== null && !draft.isStale && <ErrorNote error={error} />}
			<div className="row">
				<SaveButton label={draft.isStale ? 'Replace with mine' : 'Save note'} isSaving={isSaving} />
				<a className="button" href={`#/notes/${id}`}>
					Cancel
				</a>
			</div>
		</form>
	);
}
