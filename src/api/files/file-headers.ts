import type { IncomingHttpHeaders } from 'node:http';
import { create as contentDisposition } from 'content-disposition';
import { replaceHiddenCharacters } from '../../access/index.ts';

/**
 * Media types that a browser shows and can't run. Whatever else a document claims to be is sent as bytes: a page or a script
 * of a stranger would be one of this origin.
 */
const INERT_MEDIA_TYPES =
	/^(?:image\/(?:png|jpeg|gif|webp|tiff|bmp)|audio\/[a-z0-9.+-]+|video\/[a-z0-9.+-]+|text\/plain|text\/csv|application\/pdf|application\/zip|message\/rfc822|application\/(?:msword|vnd\.(?:openxmlformats-officedocument|oasis\.opendocument|ms-excel|ms-powerpoint)[a-z0-9.+-]*))$/;

export interface ServedFile {
	/** The document's, as someone has given it. */
	readonly name: string;
	readonly mimeType: string;
	/** Id of the version: another file has another. */
	readonly version: string;
}

export const entityTag = ({ version }: Pick<ServedFile, 'version'>): string => `"${version}"`;

/** Headers of every answer that is a file, or a part of one. */
export const headersOfFile = (file: ServedFile): Readonly<Record<string, string>> => ({
	etag: entityTag(file),
	'accept-ranges': 'bytes',
	'cache-control': 'no-store',
	'content-type': servedMediaType(file),
	// Saved and not shown, by whatever name; in a sandbox all the same.
	'content-disposition': contentDisposition(fileName(file.name)),
	'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
});

export const servedMediaType = ({ mimeType }: Pick<ServedFile, 'mimeType'>): string =>
	INERT_MEDIA_TYPES.test(mimeType) && !mimeType.endsWith('+xml') ? mimeType : 'application/octet-stream';

/** The name without what a file system takes for a way, and without what can't be seen. */
const fileName = (name: string): string =>
	replaceHiddenCharacters(name, 'LINE', () => '_')
		.replace(/[/\\]/g, '_')
		.replace(/^\.+/, '_') || 'file';

/**
 * RFC 9110, section 13.1.1 and 13.1.2: what the caller has already, or insists on, of the version whose file there is; null: there is none.
 * null: all of it holds. What is 304 for who reads is 412 for who writes.
 */
export function evaluatePreconditions(
	headers: Pick<IncomingHttpHeaders, 'if-match' | 'if-none-match'>,
	version: string | null,
): 304 | 412 | null {
	const match = headers['if-match'];
	if (match !== undefined && !matchesEntityTag(match, version, false)) return 412;
	const noneMatch = headers['if-none-match'];
	return noneMatch !== undefined && matchesEntityTag(noneMatch, version, true) ? 304 : null;
}

/** Whether a list of entity tags has that of the version, or is of any; weakly: W/ is no difference. */
function matchesEntityTag(list: string, version: string | null, weakly: boolean): boolean {
	if (version === null) return false;
	if (list.trim() === '*') return true;
	const tag = entityTag({ version });
	return list
		.split(',')
		.map((each) => each.trim())
		.some((each) => each === tag || (weakly && each === `W/${tag}`));
}
