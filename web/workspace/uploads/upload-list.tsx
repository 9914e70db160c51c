import { useId } from 'react';
import type { Upload } from './upload.ts';
import { UploadRow } from './upload-row.tsx';
import { useUploads } from './use-uploads.ts';
import './uploads.css';

/** What is being uploaded from this page, or has been: of one document, or all. */
export function UploadList({ documentId }: { readonly documentId?: string }) {
	const { uploads, queue } = useUploads();
	const title = useId();
	const shown = uploads.filter((upload) => documentId === undefined || upload.documentId === documentId);
	const ended = shown.filter(({ state }) => state !== 'WAITING' && state !== 'SENDING');
	return (
		<>
			<p role="status" className="said">
				{shown.length > 0 && sentenceOf(shown)}
			</p>
			{shown.length > 0 && (
				<section className="card stack tight" aria-labelledby={title}>
					<div className="row apart">
						<h2 id={title}>Uploads</h2>
						{ended.length > 0 && (
							<button type="button" className="small plain" onClick={() => queue.clear(ended.map(({ id }) => id))}>
								Clear what has ended
							</button>
						)}
					</div>
					<ul className="uploads">
						{shown.map((upload) => (
							<UploadRow key={upload.id} upload={upload} queue={queue} />
						))}
					</ul>
				</section>
			)}
		</>
	);
}

function sentenceOf(uploads: readonly Upload[]): string {
	const failed = uploads.filter(({ state }) => state === 'FAILED').length;
	const done = uploads.filter(({ state }) => state === 'DONE').length;
	return `${done} of ${uploads.length} uploaded${failed > 0 ? `, ${failed} failed` : ''}.`;
}
