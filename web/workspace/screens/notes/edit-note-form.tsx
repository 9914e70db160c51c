import { useMutation } from '@apollo/client/react';
import { useLocation } from 'wouter';
import { type NoteFieldsFragment, UpdateNoteDocument } from '../../../kit/api/workspace.generated.ts';
import { EditEnd, useEdit } from '../../../kit/parts/index.ts';
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
	const [update] = useMutation(UpdateNoteDocument);
	const edit = useEdit({
		present: { revision, values: present },
		save: (values, expectedRevision) =>
			isTooLong(values) ? null : update({ variables: { input: { id, expectedRevision, ...values } } }),
		reread: onConflict,
		onClose: () => navigate(`/notes/${id}`, { replace: true }),
	});
	return (
		<form className="stack reading" onSubmit={edit.submit}>
			<NoteForm values={edit.values} isReadOnly={edit.isSaving} onChange={edit.change} />
			<EditEnd edit={edit} label="Save note">
				<p>
					<strong>
						<VisibleText text={present.title} />
					</strong>
				</p>
				<VisibleText text={present.body} form="LINES" />
			</EditEnd>
		</form>
	);
}
