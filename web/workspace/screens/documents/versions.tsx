import { Content, type SealedField } from '../../../kit/content/index.ts';
import { Person } from '../../../kit/parts/index.ts';
import { showBytes } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import type { DocumentOfScreen } from './document-of-screen.ts';
import { DownloadButton } from './download-button.tsx';
import { previewKindOf } from './preview/preview-kind.ts';

interface VersionsProps {
	readonly document: DocumentOfScreen;
	readonly sealed: readonly SealedField[];
	readonly onPreview: (number: number) => void;
}

/** Every file that the document has had, the newest first. */
export function Versions({ document, sealed, onPreview }: VersionsProps) {
	const hasPreview = previewKindOf(document) !== null;
	return (
		<section className="stack tight" aria-labelledby="versions">
			<h2 id="versions">Versions</h2>
			{document.versions.length === 0 && <p className="quiet">No file has been uploaded yet.</p>}
			{document.versions.length > 0 && (
				<div className="table">
					<table className="cards versions">
						<caption className="said">Versions, the newest first</caption>
						<thead>
							<tr>
								<th scope="col">Version</th>
								<th scope="col" className="number">
									Size
								</th>
								<th scope="col">By</th>
								<th scope="col">When</th>
								<th scope="col">What changed</th>
								<th scope="col" className="no-print">
									File
								</th>
							</tr>
						</thead>
						<tbody>
							{document.versions.toReversed().map(({ id, number, byteSize, author, createdAt, changeSummary }) => (
								<tr key={id}>
									<th scope="row">Version {number}</th>
									<td data-label="Size" className="number">
										{byteSize === null ? <span className="badge warn">No file yet</span> : showBytes(byteSize)}
									</td>
									<td data-label="By">
										<Person person={author} />
									</td>
									<td data-label="When">
										<Time at={createdAt} />
									</td>
									<td data-label="What changed">
										<Content value={changeSummary} field="DocumentVersion.changeSummary" sealed={sealed} lines />
									</td>
									<td className="no-print">
										{byteSize !== null && (
											<div className="row">
												<DownloadButton documentId={document.id} number={number} />
												{hasPreview && (
													<button type="button" className="small" onClick={() => onPreview(number)}>
														Preview<span className="said"> version {number}</span>
													</button>
												)}
											</div>
										)}
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
		</section>
	);
}
