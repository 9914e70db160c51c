import type { DocumentRowFragment } from '../../../kit/api/workspace.generated.ts';
import { Person } from '../../../kit/parts/index.ts';
import { showBytes } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { kindOf } from './filter-choice.ts';

interface DocumentTableProps {
	readonly documents: readonly DocumentRowFragment[];
	readonly isClient: boolean;
}

/** A list of documents by their metadata. */
export const DocumentTable = ({ documents, isClient }: DocumentTableProps) => (
	<div className="table">
		<table className="cards">
			<caption className="said">Documents</caption>
			<thead>
				<tr>
					<th scope="col">Name</th>
					<th scope="col">Kind</th>
					<th scope="col" className="number">
						Size
					</th>
					{!isClient && <th scope="col">About client</th>}
					<th scope="col">Created by</th>
					<th scope="col">Last changed</th>
				</tr>
			</thead>
			<tbody>
				{documents.map(({ id, name, mimeType, byteSize, client, author, updatedAt }) => (
					<tr key={id}>
						<th scope="row">
							<a href={`#/documents/${id}`}>
								<VisibleText text={name} />
							</a>
						</th>
						<td data-label="Kind">
							<VisibleText text={kindOf(mimeType)} />
						</td>
						<td data-label="Size" className="number">
							{byteSize === null ? <span className="badge warn">No file yet</span> : showBytes(byteSize)}
						</td>
						{!isClient && (
							<td data-label="About client">
								{client ? <VisibleText text={client.name} /> : <span className="quiet">—</span>}
							</td>
						)}
						<td data-label="Created by">
							<Person person={author} />
						</td>
						<td data-label="Last changed">
							<Time at={updatedAt} />
						</td>
					</tr>
				))}
			</tbody>
		</table>
	</div>
);
