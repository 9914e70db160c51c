import type { DocumentFilter, DocumentOrder, DocumentStatus } from '../../../kit/api/workspace.generated.ts';
import { startOfDay } from '../../../kit/text/local-time.ts';

/** What the person has chosen above the list. Empty strings choose nothing. */
export interface Choice {
	readonly order: DocumentOrder;
	readonly clientId: string;
	readonly sharedWithId: string;
	readonly mimeType: string;
	readonly status: DocumentStatus | '';
	/** Days of the reader's calendar, such as 2026-12-01. */
	readonly from: string;
	readonly to: string;
	readonly isOwn: boolean;
}

export const ALL: Choice = {
	order: 'CREATED_AT_DESC',
	clientId: '',
	sharedWithId: '',
	mimeType: '',
	status: '',
	from: '',
	to: '',
	isOwn: false,
};

export const ORDERS: readonly (readonly [DocumentOrder, string])[] = [
	['CREATED_AT_DESC', 'Newest first'],
	['CREATED_AT_ASC', 'Oldest first'],
	['UPDATED_AT_DESC', 'Last changed first'],
	['NAME_ASC', 'Name, A to Z'],
	['NAME_DESC', 'Name, Z to A'],
];

export const KINDS: readonly (readonly [string, string])[] = [
	['application/pdf', 'PDF'],
	['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'Word'],
	['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'Excel'],
	['image/png', 'PNG image'],
	['image/jpeg', 'JPEG image'],
	['text/plain', 'Plain text'],
	['message/rfc822', 'E-mail'],
	['application/zip', 'ZIP archive'],
];

const OTHER_KINDS: Readonly<Record<string, string>> = {
	'application/octet-stream': 'Other',
	'application/msword': 'Word (old)',
	'application/vnd.ms-excel': 'Excel (old)',
	'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'PowerPoint',
	'application/vnd.oasis.opendocument.text': 'OpenDocument text',
	'image/gif': 'GIF image',
	'image/webp': 'WebP image',
	'image/avif': 'AVIF image',
	'image/svg+xml': 'SVG drawing',
	'image/tiff': 'TIFF image',
	'text/csv': 'CSV table',
	'text/html': 'Web page',
	'text/markdown': 'Markdown text',
};

/** A media type as a person knows it; the type itself for a rare one. */
export const kindOf = (mimeType: string): string =>
	KINDS.find(([type]) => type === mimeType)?.[1] ??
	(Object.hasOwn(OTHER_KINDS, mimeType) ? OTHER_KINDS[mimeType] : mimeType) ??
	mimeType;

export const isNarrowed = (choice: Choice): boolean =>
	Object.entries(choice).some(([name, value]) => name !== 'order' && value !== '' && value !== false);

/** The variables of the query. Days begin and end at midnight of the reader. */
export function variablesOf(
	{ order, clientId, sharedWithId, mimeType, status, from, to, isOwn }: Choice,
	viewer: string,
): { readonly orderBy: DocumentOrder; readonly filter: DocumentFilter } {
	const createdFrom = startOfDay(from);
	const createdBefore = startOfDay(to, 1);
	const filter = {
		...(clientId && { clientId }),
		...(sharedWithId && { sharedWithId }),
		...(mimeType && { mimeType }),
		...(status && { status }),
		...(createdFrom && { createdFrom }),
		...(createdBefore && { createdBefore }),
		...(isOwn && { authorId: viewer }),
	};
	return { orderBy: order, filter };
}
