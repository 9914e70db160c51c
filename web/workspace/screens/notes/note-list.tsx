import { NotesDocument } from '../../../kit/api/workspace.generated.ts';
import { Content, useContentList } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Empty, ErrorNote, LoadMore, Person, useTitle } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { useKept } from '../../../kit/use-kept.ts';
import { filterOf, isNarrow, NO_SEARCH, NoteSearch } from './note-search.tsx';

/** The firm's notes. */
export function NoteList() {
	useTitle('Notes');
	const [search, setSearch] = useKept('notes', NO_SEARCH);
	const { nodes, totalCount, sealed, error, isLoading, hasMore, more, refresh } = useContentList(NotesDocument, {
		variables: { orderBy: search.order, filter: filterOf(search), count: true },
		listOf: ({ notes }) => notes,
		withList: (data, notes) => ({ ...data, notes }),
	});
	useRecordEvents(NOTE, refresh);
	return (
		<>
			<header>
				<h1>Notes</h1>
				<a className="button primary" href="#/notes/new">
					New note
				</a>
			</header>
			<NoteSearch search={search} onChange={setSearch} />
			<p role="status" className={totalCount === undefined ? 'said' : 'quiet'}>
				{totalCount === undefined ? 'Loading notes …' : count(totalCount)}
			</p>
			{error && <ErrorNote error={error} onRetry={refresh} />}
			{nodes?.length === 0 &&
				(isNarrow(search) ? (
					<Empty>
						<p>No note matches.</p>
						<div>
							<button type="button" onClick={() => setSearch({ ...NO_SEARCH, order: search.order })}>
								Show all notes
							</button>
						</div>
					</Empty>
				) : (
					<Empty>
						<p>Your firm has no notes yet. Notes are for your firm's people; clients never see them.</p>
						<div>
							<a className="button primary" href="#/notes/new">
								Write the first note
							</a>
						</div>
					</Empty>
				))}
			{nodes && nodes.length > 0 && (
				<div className="table">
					<table className="cards">
						<caption className="said">Notes</caption>
						<thead>
							<tr>
								<th scope="col">Title</th>
								<th scope="col">Written by</th>
								<th scope="col">Written</th>
								<th scope="col">Last changed</th>
							</tr>
						</thead>
						<tbody>
							{nodes.map(({ id, title, author, createdAt, updatedAt }) => (
								<tr key={id}>
									<th scope="row">
										<a href={`#/notes/${id}`}>
											<Content value={title} field="Note.title" sealed={sealed} empty="Without a title" />
										</a>
									</th>
									<td data-label="Written by">
										<Person person={author} />
									</td>
									<td data-label="Written">
										<Time at={createdAt} />
									</td>
									<td data-label="Last changed">
										<Time at={updatedAt} />
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
			<div>
				<LoadMore hasMore={hasMore} isLoading={isLoading} onMore={more} />
			</div>
		</>
	);
}

const NOTE = ['Note'];

const count = (notes: number): string => `${notes.toLocaleString()} ${notes === 1 ? 'note' : 'notes'}`;
