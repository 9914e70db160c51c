import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { CreateNoteDocument } from '../../../kit/api/workspace.generated.ts';
import { NotCreated, SaveButton, useLeaveGuard, useNewId, useSave, useTitle } from '../../../kit/parts/index.ts';
import { isTooLong, NoteForm, type NoteValues } from './note-form.tsx';

/** Writes a note. A repeat after a lost answer writes it once. */
export function NewNote() {
	useTitle('New note');
	const [, navigate] = useLocation();
	const { id, earlier, renew } = useNewId();
	const [values, setValues] = useState<NoteValues>({ title: '', body: '' });
	const [create] = useMutation(CreateNoteDocument);
	const letGo = useLeaveGuard(values.title !== '' || values.body !== '');
	const { isSaving, error, submit } = useSave(async () => {
		if (isTooLong(values)) return;
		await create({ variables: { input: { id, ...values } } });
		letGo();
		navigate(`/notes/${id}`, { replace: true });
	}, renew);
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
				{error !== null && <NotCreated error={error} noun="note" href={`#/notes/${earlier}`} />}
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
