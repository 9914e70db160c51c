import { DocumentsDocument } from '../../../kit/api/workspace.generated.ts';
import { useContentQuery } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Empty, ErrorNote } from '../../../kit/parts/index.ts';
import { showBytes } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';

const TYPES = ['Document', 'DocumentVersion', 'Client'];
const VARIABLES = { first: 8, orderBy: 'UPDATED_AT_DESC' } as const;

/** The documents that the firm shares with this client, newest first. */
export function SharedDocuments() {
	const { data, error, refetch } = useContentQuery(DocumentsDocument, { variables: VARIABLES });
	useRecordEvents(TYPES, refetch);
	const documents = data?.documents.nodes;
	return (
		<section className="stack" aria-labelledby="documents">
			<h2 id="documents">Documents shared with you</h2>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{!documents && !error && <p role="status">Loading …</p>}
			{documents?.length === 0 && (
				<Empty>
					<p>No documents yet. You find here what your firm shares with you.</p>
				</Empty>
			)}
			{documents && documents.length > 0 && (
				<div className="table">
					<table className="cards">
						<caption className="said">Documents shared with you, most recently changed first</caption>
						<thead>
							<tr>
								<th scope="col">Document</th>
								<th scope="col">Size</th>
								<th scope="col">Changed</th>
							</tr>
						</thead>
						<tbody>
							{documents.map((document) => (
								<tr key={document.id}>
									<th scope="row">
										<a href={`#/documents/${document.id}`}>
											<VisibleText text={document.name} />
										</a>
									</th>
									<td data-label="Size">{document.byteSize === null ? '—' : showBytes(document.byteSize)}</td>
									<td data-label="Changed">
										<Time at={document.updatedAt} />
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
			{data?.documents.pageInfo.hasNextPage && <a href="#/documents">All documents</a>}
		</section>
	);
}
