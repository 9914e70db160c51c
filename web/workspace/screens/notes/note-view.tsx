import { useMutation } from '@apollo/client/react';
import { useLocation } from 'wouter';
import { DeleteNoteDocument, NoteDocument } from '../../../kit/api/workspace.generated.ts';
import { Content, useContentQuery } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Confirm, ErrorNote, Person, useTitle } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { Comments } from '../../comments/index.ts';
import type { ViewProps } from '../../screen.ts';
import { NoNote } from './no-note.tsx';

/** One note with its comments. */
export function NoteView({ id = '' }: ViewProps) {
	// Not the note's title: browsers keep titles in their history.
	useTitle('Note');
	const [, navigate] = useLocation();
	const { data, error, loading, sealed, refetch } = useContentQuery(NoteDocument, { variables: { id } });
	const [remove] = useMutation(DeleteNoteDocument);
	useRecordEvents(NOTE, async (changed) => {
		if (changed === undefined || changed === id) await refetch();
	});
	const note = data?.note;
	async function onDelete(expectedRevision: number) {
		try {
			await remove({
				variables: { input: { id, expectedRevision } },
				update: (cache) => void cache.evict({ id: `Note:${id}` }),
			});
			navigate('/notes', { replace: true });
		} catch (failure) {
			await refetch();
			throw failure;
		}
	}
	if (!note) {
		return (
			<>
				<header>
					<h1>Note</h1>
				</header>
				{error && <ErrorNote error={error} onRetry={refetch} />}
				{!data && loading && <p role="status">Loading the note …</p>}
				{!error && !loading && <NoNote />}
			</>
		);
	}
	return (
		<>
			<header>
				<h1>
					<Content value={note.title} field="Note.title" sealed={sealed} empty="Without a title" />
				</h1>
				<div className="row no-print">
					<a className="button" href={`#/notes/${id}/edit`}>
						Edit
					</a>
					<Confirm
						label="Delete note"
						isDangerous
						title="Delete this note?"
						confirm="Delete for good"
						onConfirm={() => onDelete(note.revision)}
					>
						<p>The note and its comments are erased for everyone of your firm. They cannot be brought back.</p>
					</Confirm>
				</div>
			</header>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			<p className="quiet">
				Written by <Person person={note.author} /> on <Time at={note.createdAt} />
				{note.revision > 1 && (
					<>
						, last changed <Time at={note.updatedAt} />
					</>
				)}
			</p>
			<article className="card reading">
				<Content value={note.body} field="Note.body" sealed={sealed} lines empty="This note has no text." />
			</article>
			<Comments about={{ noteId: id }} />
		</>
	);
}

const NOTE = ['Note'];
