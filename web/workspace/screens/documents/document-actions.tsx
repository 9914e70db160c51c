import { useMutation } from '@apollo/client/react';
import { useLocation } from 'wouter';
import { DeleteDocumentDocument } from '../../../kit/api/workspace.generated.ts';
import { Confirm } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useViewer } from '../../viewer.ts';
import type { DocumentOfScreen, VersionOfScreen } from './document-of-screen.ts';
import { DownloadButton } from './download-button.tsx';
import { previewKindOf } from './preview/preview-kind.ts';

interface DocumentActionsProps {
	readonly document: DocumentOfScreen;
	/** The latest version with a file. */
	readonly latest: VersionOfScreen | undefined;
	readonly onPreview: (number: number) => void;
	readonly onEdit: () => void;
	/** Reads the document again. */
	readonly onChange: () => Promise<unknown>;
}

/** What the person may do with a document. */
export function DocumentActions({ document, latest, onPreview, onEdit, onChange }: DocumentActionsProps) {
	const { id, name, revision, versions, sharedWith } = document;
	const isClient = useViewer().role === 'CLIENT';
	const [, go] = useLocation();
	const [deleteDocument] = useMutation(DeleteDocumentDocument, {
		update: (cache, { data }) =>
			data?.deleteDocument && cache.evict({ id: cache.identify(document) ?? `Document:${id}` }),
	});
	async function remove() {
		try {
			await deleteDocument({ variables: { input: { id, expectedRevision: revision } } });
		} catch (error) {
			await onChange();
			throw error;
		}
		go('/documents', { replace: true });
	}
	return (
		<div className="row">
			{latest && <DownloadButton documentId={id} isPrimary />}
			{latest && previewKindOf(document) !== null && (
				<button type="button" onClick={() => onPreview(latest.number)}>
					Preview
				</button>
			)}
			{latest && previewKindOf(document) === null && <span className="hint">No preview for this kind of file</span>}
			{!isClient && (
				<>
					<button type="button" onClick={onEdit}>
						Edit
					</button>
					<Confirm
						label="Delete"
						isDangerous
						title="Delete this document?"
						confirm="Delete for good"
						onConfirm={remove}
					>
						<p>
							<VisibleText text={name} /> with{' '}
							{versions.length === 1 ? 'its version' : `all ${versions.length} versions`}, its description and its
							comments is deleted for good. No one can bring it back.
						</p>
						{sharedWith.length > 0 && (
							<p>
								{sharedWith.length === 1 ? 'The client' : `The ${sharedWith.length} clients`} it is shared with cannot
								open it any more.
							</p>
						)}
					</Confirm>
				</>
			)}
		</div>
	);
}
