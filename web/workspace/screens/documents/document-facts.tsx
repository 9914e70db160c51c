import type { DocumentFieldsFragment } from '../../../kit/api/workspace.generated.ts';
import { Content, type SealedField } from '../../../kit/content/index.ts';
import { Person } from '../../../kit/parts/index.ts';
import { showBytes } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useViewer } from '../../viewer.ts';
import { kindOf } from './filter-choice.ts';

interface DocumentFactsProps {
	readonly document: DocumentFieldsFragment;
	readonly sealed: readonly SealedField[];
}

/** What a document is. */
export function DocumentFacts({ document, sealed }: DocumentFactsProps) {
	const isClient = useViewer().role === 'CLIENT';
	const { description, mimeType, byteSize, client, author, createdAt, updatedAt } = document;
	return (
		<section className="card stack" aria-label="About the document">
			<p className="reading">
				<Content value={description} field="Document.description" sealed={sealed} lines empty="No description" />
			</p>
			<dl className="facts">
				<dt>Kind</dt>
				<dd>
					<VisibleText text={kindOf(mimeType)} />
				</dd>
				<dt>Size</dt>
				<dd>{byteSize === null ? 'No file yet' : showBytes(byteSize)}</dd>
				{!isClient && (
					<>
						<dt>About client</dt>
						<dd>
							{client ? (
								<a href={`#/clients/${client.id}`}>
									<VisibleText text={client.name} />
								</a>
							) : (
								<span className="quiet">none</span>
							)}
						</dd>
					</>
				)}
				<dt>Created</dt>
				<dd>
					<Time at={createdAt} /> by <Person person={author} />
				</dd>
				<dt>Last changed</dt>
				<dd>
					<Time at={updatedAt} />
				</dd>
			</dl>
		</section>
	);
}
