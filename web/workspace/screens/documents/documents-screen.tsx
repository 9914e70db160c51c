import { lazy, Suspense, useState } from 'react';
import { DocumentsDocument } from '../../../kit/api/workspace.generated.ts';
import { useContentList } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Empty, ErrorNote, LoadMore, useTitle } from '../../../kit/parts/index.ts';
import { DropZone, UploadList } from '../../uploads/index.ts';
import { useViewer } from '../../viewer.ts';
import { DocumentFilters } from './document-filters.tsx';
import { DocumentTable } from './document-table.tsx';
import { ALL, type Choice, isNarrowed, variablesOf } from './filter-choice.ts';
import { NewDocuments } from './new-documents.tsx';
import './documents.css';

const UploadRates = lazy(async () => ({ default: (await import('./upload-rates.tsx')).UploadRates }));

const CHANGES = ['Document', 'DocumentVersion', 'Client'];

/** The documents that the person may see, and the way to upload more. */
export function DocumentsScreen() {
	useTitle('Documents');
	const viewer = useViewer();
	const isClient = viewer.role === 'CLIENT';
	const [choice, setChoice] = useState<Choice>(ALL);
	const [files, setFiles] = useState<readonly File[]>([]);
	const [showsRates, setShowsRates] = useState(false);
	const list = useContentList(DocumentsDocument, {
		variables: { ...variablesOf(choice, viewer.id), count: true },
		listOf: (data) => data.documents,
		withList: ({ documents }, list) => ({
			documents: { ...documents, ...list, pageInfo: { ...documents.pageInfo, ...list.pageInfo } },
		}),
	});
	useRecordEvents(CHANGES, list.refresh);
	const { nodes } = list;
	return (
		<>
			<header>
				<h1>Documents</h1>
			</header>
			{!isClient && (
				<DropZone label="Upload files" isMultiple onFiles={setFiles}>
					or drop them here. They are encrypted before they are stored.
				</DropZone>
			)}
			{files.length > 0 && <NewDocuments files={files} onClose={() => setFiles([])} />}
			<UploadList />
			<DocumentFilters choice={choice} onChange={setChoice} isClient={isClient} />
			{list.error && <ErrorNote error={list.error} onRetry={list.refresh} />}
			{!nodes && list.isLoading && <p role="status">Loading documents …</p>}
			{nodes && (
				<p role="status" className="hint">
					{list.totalCount === undefined ? '' : countOf(list.totalCount)}
				</p>
			)}
			{nodes && nodes.length > 0 && <DocumentTable documents={nodes} isClient={isClient} />}
			{nodes?.length === 0 && <Nothing isNarrowed={isNarrowed(choice)} isClient={isClient} />}
			<LoadMore hasMore={list.hasMore} isLoading={list.isLoading} onMore={list.more} />
			{!isClient && (
				<details className="card" onToggle={({ currentTarget }) => setShowsRates(currentTarget.open)}>
					<summary>How much was uploaded</summary>
					{showsRates && (
						<Suspense fallback={<p role="status">Loading …</p>}>
							<UploadRates />
						</Suspense>
					)}
				</details>
			)}
		</>
	);
}

const countOf = (count: number): string => (count === 1 ? '1 document' : `${count.toLocaleString()} documents`);

function Nothing(props: { readonly isNarrowed: boolean; readonly isClient: boolean }) {
	if (props.isNarrowed)
		return (
			<Empty>
				<p>No document fits these filters. Choose others, or clear them.</p>
			</Empty>
		);
	return (
		<Empty>
			<p>{props.isClient ? 'Nothing is shared with you yet.' : 'No documents yet.'}</p>
			<p>
				{props.isClient
					? 'When the firm shares a document with you, it appears here.'
					: 'Upload the first file above. Then share it with a client on its page.'}
			</p>
		</Empty>
	);
}
