import { useState } from 'react';
import { DocumentDocument } from '../../../kit/api/workspace.generated.ts';
import { useContentQuery } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Empty, ErrorNote, useTitle } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { Comments } from '../../comments/index.ts';
import type { ViewProps } from '../../screen.ts';
import { SharedWith } from '../../sharing/index.ts';
import { UploadList } from '../../uploads/index.ts';
import { latestOf } from '../../uploads/latest-version.ts';
import { useViewer } from '../../viewer.ts';
import { DocumentActions } from './document-actions.tsx';
import { DocumentFacts } from './document-facts.tsx';
import { EditDocument } from './edit-document.tsx';
import { NewVersion } from './new-version.tsx';
import { PreviewSection } from './preview-section.tsx';
import { Versions } from './versions.tsx';
import './documents.css';

const CHANGES = ['Document', 'DocumentVersion', 'Client'];

/** One document: what it is, its files, and who can see it. */
export function DocumentScreen({ id = '' }: ViewProps) {
	const isClient = useViewer().role === 'CLIENT';
	const { data, error, loading, sealed, refetch } = useContentQuery(DocumentDocument, { variables: { id } });
	useRecordEvents(CHANGES, refetch);
	const [isEditing, setEditing] = useState(false);
	const [previewed, setPreviewed] = useState<number>();
	const document = data?.document;
	useTitle(document?.name ?? 'Document');
	if (!document) {
		return (
			<>
				<p>
					<a href="#/documents">All documents</a>
				</p>
				{error && <ErrorNote error={error} onRetry={refetch} />}
				{!error && loading && <p role="status">Loading the document …</p>}
				{!error && !loading && (
					<Empty>
						<h1>This document is not here</h1>
						<p>It was deleted, or you have no access to it any more.</p>
					</Empty>
				)}
			</>
		);
	}
	const latest = latestOf(document.versions);
	const version = document.versions.find(({ number }) => number === previewed);
	return (
		<>
			<p className="no-print">
				<a href="#/documents">All documents</a>
			</p>
			<header>
				<h1>
					<VisibleText text={document.name} />
				</h1>
				<DocumentActions
					document={document}
					latest={latest}
					onPreview={setPreviewed}
					onEdit={() => setEditing(true)}
					onChange={refetch}
				/>
			</header>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{isEditing && <EditDocument document={document} onChange={refetch} onClose={() => setEditing(false)} />}
			<DocumentFacts document={document} sealed={sealed} />
			{version && (
				<PreviewSection
					key={version.id}
					document={document}
					version={version}
					onClose={() => setPreviewed(undefined)}
				/>
			)}
			{!isClient && (
				<SharedWith
					subject={{ documentId: id }}
					noun="document"
					clients={document.sharedWith}
					about={document.client}
				/>
			)}
			<Versions document={document} sealed={sealed} onPreview={setPreviewed} />
			<UploadList documentId={id} />
			<NewVersion document={document} sealed={sealed} />
			{!isClient && <Comments about={{ documentId: id }} />}
		</>
	);
}
