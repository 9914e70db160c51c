import { useState } from 'react';
import { Content, type SealedField } from '../../../kit/content/index.ts';
import { Field, useLeaveGuard } from '../../../kit/parts/index.ts';
import { DropZone, useUploads } from '../../uploads/index.ts';
import { latestOf, waitingOf } from '../../uploads/latest-version.ts';
import { useViewer } from '../../viewer.ts';
import type { DocumentOfScreen } from './document-of-screen.ts';

interface NewVersionProps {
	readonly document: DocumentOfScreen;
	readonly sealed: readonly SealedField[];
}

/** The API's limit for one document. */
const MOST = 200;

/** Uploads the next version: what changed, and the file. */
export function NewVersion({ document, sealed }: NewVersionProps) {
	const viewer = useViewer();
	const { add, uploads } = useUploads();
	const [changeSummary, setChangeSummary] = useState('');
	useLeaveGuard(changeSummary !== '');
	const { id, versions } = document;
	const isBusy = uploads.some(
		({ documentId, state }) => documentId === id && (state === 'WAITING' || state === 'SENDING'),
	);
	const waiting = waitingOf(versions, viewer.id);
	const isFirst = versions.length === 0;
	if (waiting === undefined && versions.length >= MOST)
		return (
			<p className="quiet">This document has {MOST} versions, the most it can have. Continue with a new document.</p>
		);
	function upload(files: readonly File[]) {
		add(files, {
			kind: 'VERSION',
			documentId: id,
			latest: latestOf(versions)?.id ?? null,
			waiting: waiting?.id ?? null,
			changeSummary: changeSummary || null,
		});
		setChangeSummary('');
	}
	return (
		<section className="stack tight no-print" aria-labelledby="new-version">
			<h2 id="new-version">{isFirst ? 'Upload the file' : 'Upload a new version'}</h2>
			{isBusy ? (
				<p className="quiet">A file is being uploaded. The next one can follow when it has arrived.</p>
			) : (
				<>
					{waiting ? (
						<p>
							You began version {waiting.number} without a file: your next file becomes it. What changed:{' '}
							<Content value={waiting.changeSummary} field="DocumentVersion.changeSummary" sealed={sealed} lines />
						</p>
					) : (
						<Field
							label="What changed"
							hint={isFirst ? 'Optional.' : 'Optional. Write it before you choose the file: earlier versions stay.'}
						>
							{(control) => (
								<textarea
									{...control}
									className="short reading"
									rows={2}
									value={changeSummary}
									onChange={({ target }) => setChangeSummary(target.value)}
								/>
							)}
						</Field>
					)}
					<DropZone label="Choose the file" onFiles={upload}>
						or drop it here. The upload begins at once.
					</DropZone>
				</>
			)}
		</section>
	);
}
