import { useApolloClient } from '@apollo/client/react';
import { isConflict } from '../../kit/api/index.ts';
import { DocumentDocument } from '../../kit/api/workspace.generated.ts';
import { ErrorNote, useSave } from '../../kit/parts/index.ts';
import { showBytes } from '../../kit/text/amounts.ts';
import { visibleLine } from '../../kit/text/visible-line.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { latestOf } from './latest-version.ts';
import type { Upload } from './upload.ts';
import type { UploadQueue } from './upload-queue.ts';

interface UploadRowProps {
	readonly upload: Upload;
	readonly queue: UploadQueue;
}

/** One upload: how far it is, and what can be done about it. */
export function UploadRow({ upload, queue }: UploadRowProps) {
	const { id, documentId, name, file, target, state, sent, error } = upload;
	const client = useApolloClient();
	const isRefused = state === 'FAILED' && target.kind === 'VERSION' && isConflict(error);
	const follow = useSave(async () => {
		const { data } = await client.query({ query: DocumentDocument, variables: { id: documentId } });
		if (!data?.document) throw new Error('This document is not there any more, or no longer shared with you.');
		queue.retry(id, latestOf(data.document.versions)?.id ?? null);
	});
	const said = <span className="said"> {nameOf(name)}</span>;
	return (
		<li className="stack tight" data-state={state}>
			<div className="row apart">
				<span>{state === 'DONE' ? <a href={`#/documents/${documentId}`}>{nameOf(name)}</a> : nameOf(name)}</span>
				<span className="row">
					<span className="quiet">{progressOf(upload)}</span>
					{(state === 'WAITING' || state === 'SENDING') && (
						<button type="button" className="small" onClick={() => queue.cancel(id)}>
							Cancel{said}
						</button>
					)}
					{(state === 'FAILED' || state === 'CANCELLED') && (
						<>
							<button type="button" className="small" onClick={() => queue.retry(id)}>
								Upload again{said}
							</button>
							<button type="button" className="small plain" onClick={() => queue.clear([id])}>
								Remove from the list{said}
							</button>
						</>
					)}
				</span>
			</div>
			{state === 'SENDING' && (
				<progress value={sent} max={Math.max(1, file.size)} aria-label={visibleLine(`Upload of ${name}`)} />
			)}
			{state === 'FAILED' && <ErrorNote error={error} />}
			{isRefused && (
				<div className="row">
					<span>Another version arrived meanwhile.</span>
					<button type="button" className="small" onClick={() => void follow.submit()}>
						Upload as the version after it{said}
					</button>
					{follow.error !== null && <ErrorNote error={follow.error} />}
				</div>
			)}
		</li>
	);
}

const nameOf = (name: string) => <VisibleText text={name} />;

function progressOf({ state, sent, file }: Upload): string {
	if (state === 'DONE') return `Uploaded, ${showBytes(file.size)}`;
	if (state === 'FAILED') return 'Not uploaded';
	if (state === 'CANCELLED') return 'Cancelled';
	if (state === 'WAITING') return `Waiting, ${showBytes(file.size)}`;
	// All bytes are sent before the server has sealed and recorded them.
	return sent >= file.size ? 'Being encrypted …' : `${showBytes(sent)} of ${showBytes(file.size)}`;
}
