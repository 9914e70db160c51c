import { useCallback, useEffect, useState } from 'react';
import { useKit } from '../../../../kit/kit-context.ts';
import { ErrorNote } from '../../../../kit/parts/index.ts';
import { VisibleText } from '../../../../kit/text/visible-text.tsx';
import { ImagePreview } from './image-preview.tsx';
import type { PreviewKind } from './preview-kind.ts';
import { readPreview, type Shown } from './read-preview.ts';

interface PreviewProps {
	/** The file's route. */
	readonly path: string;
	readonly kind: PreviewKind;
	readonly byteSize: number;
	readonly name: string;
}

/** Shows a file of the firm in this page: an image as an image, a text as text. Nothing of it can run here. */
export function Preview({ path, kind, byteSize, name }: PreviewProps) {
	const { apiFetch } = useKit();
	const [shown, setShown] = useState<Shown>();
	const [error, setError] = useState<unknown>(null);
	const read = useCallback(
		async (signal: AbortSignal) => {
			setError(null);
			try {
				setShown(await readPreview(apiFetch, { path, kind, byteSize }, signal));
			} catch (failure) {
				if (!signal.aborted) setError(failure);
			}
		},
		[apiFetch, path, kind, byteSize],
	);
	useEffect(() => {
		const leaving = new AbortController();
		void read(leaving.signal);
		return () => leaving.abort();
	}, [read]);
	if (error !== null) return <ErrorNote error={error} onRetry={() => void read(new AbortController().signal)} />;
	if (shown === undefined) return <p role="status">Opening the preview …</p>;
	if (shown === null)
		return (
			<p className="note warn">No preview: the file is too large, or not what its type says. Download it instead.</p>
		);
	if (shown.kind === 'IMAGE') return <ImagePreview image={shown.image} name={name} />;
	return (
		<>
			{!shown.isWhole && <p className="hint">This is the first megabyte of the file.</p>}
			{shown.text === '' ? (
				<p className="quiet">The file is empty.</p>
			) : (
				// biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
				<section className="preview-text" tabIndex={0} aria-label="Text of the file">
					<VisibleText text={shown.text} form="LINES" />
				</section>
			)}
		</>
	);
}
