import {
	DocumentDetailsDocument,
	DocumentDocument,
	type DocumentQuery,
} from '../../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../../kit/content/index.ts';
import { Person, useTitle } from '../../../../kit/parts/index.ts';
import { showBytes, showConstant } from '../../../../kit/text/amounts.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { VisibleText } from '../../../../kit/text/visible-text.tsx';
import { ContentPanel } from '../../../records/content-panel.tsx';
import { readingOf } from '../../../records/opened-values.tsx';
import type { Part } from '../../../records/part.ts';
import type { ViewProps } from '../../../screen.ts';
import { Comments } from '../comments.tsx';
import { useFirm } from '../firm-context.ts';
import { type FactRow, RecordView } from '../record-view.tsx';
import { SharedWith } from '../shared-with.tsx';
import { valuesOfDetails } from './values-of-details.ts';
import { VersionTable } from './version-table.tsx';

type Seen = NonNullable<DocumentQuery['document']>;

export function DocumentView({ record: id = '' }: ViewProps) {
	const { firm } = useFirm();
	const query = useContentQuery(DocumentDocument, { variables: { id } });
	const document = query.data?.document;
	useTitle(document?.name ?? 'Document');
	return (
		<RecordView
			kind="Document"
			name={document?.name ?? null}
			id={id}
			back={[`/firms/${firm.id}/documents`, 'Documents']}
			query={query}
			facts={document ? factsOf(document) : []}
		>
			{document && (
				<>
					<VersionTable versions={document.versions} />
					<ContentPanel
						firm={firm}
						parts={partsOf(document)}
						revision={document.revision}
						reading={readingOf(DocumentDetailsDocument, { id }, valuesOfDetails)}
					/>
				</>
			)}
			<Comments id={id} />
		</RecordView>
	);
}

const factsOf = (document: Seen): readonly FactRow[] => [
	['State', showConstant(document.status)],
	['Media type', <VisibleText key="type" text={document.mimeType} />],
	['Size', document.byteSize === null ? null : showBytes(document.byteSize)],
	['Client', document.client && <VisibleText key="client" text={document.client.name} />],
	['Shared with', <SharedWith key="shared" clients={document.sharedWith} />],
	['Created by', <Person key="by" person={document.author} />],
	['Created', <Time key="at" at={document.createdAt} />],
	['Last changed', <Time key="changed" at={document.updatedAt} />],
	['Revision', document.revision],
];

/** The document, then its versions: each is a record of its own for a lease. */
function partsOf({ id, name, status, versions }: Seen): readonly Part[] {
	const path = `/documents/${id}`;
	return [
		{ type: 'Document', id, name, ...(status === 'AVAILABLE' && { file: { path: `${path}/content`, name } }) },
		...versions.map(
			(each): Part => ({
				type: 'DocumentVersion',
				id: each.id,
				name: `Version ${each.number}`,
				...(each.byteSize !== null && { file: { path: `${path}/versions/${each.number}/content`, name } }),
			}),
		),
	];
}
