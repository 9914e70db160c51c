import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { failureOf, newId } from '../../../kit/api/index.ts';
import { CreateNoteDocument } from '../../../kit/api/workspace.generated.ts';
import { ErrorNote, SaveButton, useLeaveGuard, useSave, useTitle } from '../../../kit/parts/index.ts';
import { isTooLong, NoteForm, type NoteValues } from './note-form.tsx';

/** Writes a note. A repeat after a lost answer writes it once. */
export function NewNote() {
	useTitle('New note');
	const [, navigate] = useLocation();
	const [id, setId] = useState(newId);
	const [earlier, setEarlier] = useState<string | null>(null);
	const [values, setValues] = useState<NoteValues>({ title: '', body: '' });
	const [create] = useMutation(CreateNoteDocument);
	const letGo = useLeaveGuard(values.title !== '' || values.body !== '');
	const { isSaving, error, submit } = useSave(
		async () => {
			if (isTooLong(values)) return;
			await create({ variables: { input: { id, ...values } } });
			letGo();
			navigate(`/notes/${id}`, { replace: true });
		},
		async () => {
			// An attempt whose answer was lost had arrived, and was another text than now.
			setEarlier(id);
			setId(newId());
		},
	);
	const hasEarlier = earlier !== null && error !== null && failureOf(error).code === 'CONFLICT';
	return (
		<>
			<header>
				<h1>New note</h1>
			</header>
			<form className="stack reading" onSubmit={submit}>
				<NoteForm
					values={values}
					isReadOnly={isSaving}
					onChange={(part) => setValues((before) => ({ ...before, ...part }))}
				/>
				{hasEarlier ? (
					<p className="note warn" role="alert">
						An earlier attempt was saved after all, with what you had typed then:{' '}
						<a href={`#/notes/${earlier}`}>that note</a>. Save again to make another note of what stands here now.
					</p>
				) : (
					error !== null && <ErrorNote error={error} />
				)}
				<div className="row">
					<SaveButton label="Save note" isSaving={isSaving} />
					<a className="button" href="#/notes">
						Cancel
					</a>
				</div>
			</form>
		</>
	);
}
