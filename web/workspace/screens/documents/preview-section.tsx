import { lazy, Suspense, useEffect, useRef } from 'react';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import type { DocumentOfScreen, VersionOfScreen } from './document-of-screen.ts';
import { previewKindOf } from './preview/preview-kind.ts';

const Preview = lazy(async () => ({ default: (await import('./preview/preview.tsx')).Preview }));

interface PreviewSectionProps {
	readonly document: DocumentOfScreen;
	readonly version: VersionOfScreen;
	readonly onClose: () => void;
}

/** The place of a preview on the page, which the focus moves to. */
export function PreviewSection({ document, version, onClose }: PreviewSectionProps) {
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => heading.current?.focus(), []);
	const kind = previewKindOf(document);
	return (
		<section className="card stack" aria-label="Preview">
			<div className="row apart">
				<h2 ref={heading} tabIndex={-1}>
					Preview of version {version.number}
				</h2>
				<button type="button" className="small" onClick={onClose}>
					Close preview
				</button>
			</div>
			{kind === null || version.byteSize === null ? (
				<p>
					No preview for <VisibleText text={document.mimeType} />: download the file.
				</p>
			) : (
				<Suspense fallback={<p role="status">Opening the preview …</p>}>
					<Preview
						path={`/documents/${document.id}/versions/${version.number}/content`}
						kind={kind}
						byteSize={version.byteSize}
						name={document.name}
					/>
				</Suspense>
			)}
		</section>
	);
}
