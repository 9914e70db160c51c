import type { IncomingHttpHeaders } from 'node:http';
import { create as contentDisposition } from 'content-disposition';
import { replaceHiddenCharacters } from '../../access/index.ts';

/**
 * Media types that a browser displays but can't execute. Any other type is sent as application/octet-stream: a page or a script from a
 * stranger would run in this origin.
 */
const INERT_MEDIA_TYPES =
	/^(?:image\/(?:png|jpeg|gif|webp|tiff|bmp)|audio\/[a-z0-9.+-]+|video\/[a-z0-9.+-]+|text\/plain|text\/csv|application\/pdf|application\/zip|message\/rfc822|application\/(?:msword|vnd\.(?:openxmlformats-officedocument|oasis\.opendocument|ms-excel|ms-powerpoint)[a-z0-9.+-]*))$/;

export interface ServedFile {
	/** The document's name, as a user entered it. */
	readonly name: string;
	readonly mimeType: string;
	/** Id of the version, which identifies the file. */
	readonly version: string;
}

export const entityTag = ({ version }: Pick<ServedFile, 'version'>): string => `"${version}"`;

/** Headers of every answer that is a file or a part of a file. */
export const headersOfFile = (file: ServedFile): Readonly<Record<string, string>> => ({
	etag: entityTag(file),
	'accept-ranges': 'bytes',
	'cache-control': 'no-store',
	'content-type': servedMediaType(file),
	// The browser saves the file instead of showing it. The sandbox below applies if it shows the file anyway.
	'content-disposition': contentDisposition(fileName(file.name)),
	'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
});

export const servedMediaType = ({ mimeType }: Pick<ServedFile, 'mimeType'>): string =>
	INERT_MEDIA_TYPES.test(mimeType) && !mimeType.endsWith('+xml') ? mimeType : 'application/octet-stream';

/** The name without path separators and without invisible characters. */
const fileName = (name: string): string =>
	replaceHiddenCharacters(name, 'LINE', () => '_')
		.replace(/[/\\]/g, '_')
		.replace(/^\.+/, '_') || 'file';

/**
 * Evaluates RFC 9110, sections 13.1.1 and 13.1.2, against the current version (null if there is no file). Returns null if all
 * conditions hold. A reader gets 304 where a writer gets 412.
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

/** Whether a list of entity tags contains the version's tag, or is `*`. With `weakly`, W/ makes no difference. */
function matchesEntityTag(list: string, version: string | null, weakly: boolean): boolean {
	if (version === null) return false;
	if (list.trim() === '*') return true;
	const tag = entityTag({ version });
	return list
		.split(',')
		.map((each) => each.trim())
		.some((each) => each === tag || (weakly && each === `W/${tag}`));
}
