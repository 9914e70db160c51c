import { NoteDocument } from '../../../kit/api/workspace.generated.ts';
import { useContentQuery } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { ErrorNote, useTitle } from '../../../kit/parts/index.ts';
import type { ViewProps } from '../../screen.ts';
import { EditNoteForm } from './edit-note-form.tsx';
import { NoNote } from './no-note.tsx';

/** Changes a note. */
export function EditNote({ id = '' }: ViewProps) {
	useTitle('Edit note');
	const { data, error, loading, refetch } = useContentQuery(NoteDocument, { variables: { id } });
	useRecordEvents(NOTE, async (changed) => {
		if (changed === undefined || changed === id) await refetch();
	});
	const note = data?.note;
	return (
		<>
			<header>
				<h1>Edit note</h1>
			</header>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{!data && loading && <p role="status">Loading the note …</p>}
			{!note && !error && !loading && <NoNote />}
			{note && <EditNoteForm key={id} note={note} onConflict={refetch} />}
		</>
	);
}

const NOTE = ['Note'];
