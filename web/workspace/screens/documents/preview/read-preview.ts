import { type ApiFetch, refusalOf } from '../../../../kit/api/index.ts';
import { imageTypeOf, MOST_IMAGE_BYTES, MOST_TEXT_BYTES, type PreviewKind, textOf } from './preview-kind.ts';

/** What a preview shows; null if the file is not what it says it is. */
export type Shown =
	| { readonly kind: 'IMAGE'; readonly image: Blob }
	| { readonly kind: 'TEXT'; readonly text: string; readonly isWhole: boolean }
	| null;

/** Reads a file, or its beginning, as this page can show it safely. @throws Error for a refusal, or if there is no answer */
export async function readPreview(
	apiFetch: ApiFetch,
	{ path, kind, byteSize }: { readonly path: string; readonly kind: PreviewKind; readonly byteSize: number },
	signal: AbortSignal,
): Promise<Shown> {
	if (kind === 'IMAGE' && byteSize > MOST_IMAGE_BYTES) return null;
	// A range of an empty file cannot be answered.
	if (byteSize === 0) return kind === 'TEXT' ? { kind, text: '', isWhole: true } : null;
	const headers = kind === 'TEXT' ? { range: `bytes=0-${MOST_TEXT_BYTES - 1}` } : {};
	const response = await apiFetch(path, { isRead: true, headers, signal });
	if (!response.ok) throw await refusalOf(response);
	const bytes = new Uint8Array(await response.arrayBuffer());
	if (kind === 'TEXT') {
		const text = textOf(bytes);
		return text === null ? null : { kind, text, isWhole: byteSize <= MOST_TEXT_BYTES };
	}
	const type = imageTypeOf(bytes);
	return type === null ? null : { kind, image: new Blob([bytes], { type }) };
}
