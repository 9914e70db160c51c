import { NoteContentDocument, NoteDocument } from '../../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../../kit/content/index.ts';
import { Person, useTitle } from '../../../../kit/parts/index.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { ContentPanel } from '../../../records/content-panel.tsx';
import { readingOf } from '../../../records/opened-values.tsx';
import type { ViewProps } from '../../../screen.ts';
import { Comments } from '../comments.tsx';
import { useFirm } from '../firm-context.ts';
import { RecordView } from '../record-view.tsx';
import { nameOfNote } from './note-list.tsx';

export function NoteView({ record: id = '' }: ViewProps) {
	const { firm } = useFirm();
	const query = useContentQuery(NoteDocument, { variables: { id } });
	const note = query.data?.note;
	const name = note ? nameOfNote(note) : null;
	useTitle(name ?? 'Note');
	return (
		<RecordView
			kind="Note"
			name={name}
			id={id}
			back={[`/firms/${firm.id}/notes`, 'Notes']}
			query={query}
			facts={
				note
					? [
							['Written by', <Person key="by" person={note.author} />],
							['Written', <Time key="at" at={note.createdAt} />],
							['Last changed', <Time key="changed" at={note.updatedAt} />],
							['Revision', note.revision],
						]
					: []
			}
		>
			{note && name && (
				<ContentPanel
					firm={firm}
					parts={[{ type: 'Note', id, name }]}
					revision={note.revision}
					reading={readingOf(NoteContentDocument, { id }, ({ note: read }) =>
						read
							? [
									{ id, coordinate: 'Note.title', value: read.title },
									{ id, coordinate: 'Note.body', value: read.body },
								]
							: [],
					)}
				/>
			)}
			<Comments id={id} />
		</RecordView>
	);
}
