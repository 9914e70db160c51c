/** How a file is shown. */
export type PreviewKind = 'IMAGE' | 'TEXT';

/** Types that a browser only paints. SVG is a document with scripts and links, and PDF runs a viewer: neither is ever shown here. */
const IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'];
const TEXTS = /^(?:text\/[a-z0-9.+-]+|application\/(?:json|xml|yaml|x-yaml|toml|sql))$/;
const TEXT_NAMES = /\.(?:txt|md|csv|tsv|log|json|xml|ya?ml|toml|ini|eml)$/i;

/** Bytes of the largest image that is shown, and of a text's part that is. */
export const MOST_IMAGE_BYTES = 30_000_000;
export const MOST_TEXT_BYTES = 1024 * 1024;

/** How a file of this name and declared type would be shown; null if it has no preview. */
export function previewKindOf({
	name,
	mimeType,
}: {
	readonly name: string;
	readonly mimeType: string;
}): PreviewKind | null {
	if (IMAGES.includes(mimeType)) return 'IMAGE';
	const isText = TEXTS.test(mimeType) || (mimeType === 'application/octet-stream' && TEXT_NAMES.test(name));
	return isText ? 'TEXT' : null;
}

const latin = (bytes: Uint8Array, start: number, end: number): string =>
	String.fromCharCode(...bytes.subarray(start, end));

/** The image type that a file's own first bytes have; null if they are none of the five. The declared type is what a stranger says. */
export function imageTypeOf(bytes: Uint8Array): string | null {
	if (latin(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png';
	if (latin(bytes, 0, 3) === '\xff\xd8\xff') return 'image/jpeg';
	if (/^GIF8[79]a$/.test(latin(bytes, 0, 6))) return 'image/gif';
	if (latin(bytes, 0, 4) === 'RIFF' && latin(bytes, 8, 12) === 'WEBP') return 'image/webp';
	return /^ftypavi[fs]$/.test(latin(bytes, 4, 12)) ? 'image/avif' : null;
}

/** Characters that a reader would not see, or a control: more of them than this, and the file is no text for a reader. */
const MOST_HIDDEN = 2000;
const HIDDEN = /[\p{C}\p{Default_Ignorable_Code_Point}]/gu;

/** The bytes as text; null if they are none. Line ends are those of this page, and tabs are blanks. */
export function textOf(bytes: Uint8Array): string | null {
	const encoding = encodingOf(bytes);
	if (encoding === 'utf-8' && bytes.includes(0)) return null;
	// Streamed: the first part of a file may end within a character.
	const decoded = new TextDecoder(encoding).decode(bytes, { stream: true });
	const text = decoded.replaceAll('\r\n', '\n').replaceAll('\t', '    ');
	const hidden = text.replaceAll('\n', '').match(HIDDEN)?.length ?? 0;
	return hidden > MOST_HIDDEN ? null : text;
}

function encodingOf([first, second]: Uint8Array): string {
	if (first === 0xff && second === 0xfe) return 'utf-16le';
	return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
