import { extname } from 'node:path';

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OPEN = 'application/vnd.oasis.opendocument';

/** Media types whose second part is also the file extension. */
const PLAIN =
	'application/json application/pdf application/rtf application/xml application/zip audio/wav image/bmp image/gif image/heic image/jpeg image/png image/tiff image/webp text/csv text/html video/mp4 video/webm';

/** The types that firms usually keep. Of the thousand types in a package only these few occur; --type names any other. */
const TYPES: Readonly<Record<string, string>> = {
	...Object.fromEntries(PLAIN.split(' ').map((type) => [type.split('/')[1], type])),
	'7z': 'application/x-7z-compressed',
	doc: 'application/msword',
	docx: `${OFFICE}.wordprocessingml.document`,
	eml: 'message/rfc822',
	gz: 'application/gzip',
	htm: 'text/html',
	ics: 'text/calendar',
	jpg: 'image/jpeg',
	m4a: 'audio/mp4',
	md: 'text/markdown',
	mov: 'video/quicktime',
	mp3: 'audio/mpeg',
	msg: 'application/vnd.ms-outlook',
	odp: `${OPEN}.presentation`,
	ods: `${OPEN}.spreadsheet`,
	odt: `${OPEN}.text`,
	p7m: 'application/pkcs7-mime',
	ppt: 'application/vnd.ms-powerpoint',
	pptx: `${OFFICE}.presentationml.presentation`,
	svg: 'image/svg+xml',
	tif: 'image/tiff',
	txt: 'text/plain',
	vcf: 'text/vcard',
	xls: 'application/vnd.ms-excel',
	xlsx: `${OFFICE}.spreadsheetml.sheet`,
};

/** The media type for a file's extension; application/octet-stream if the extension is unknown. */
export function mediaTypeOf(name: string): string {
	const extension = extname(name).slice(1).toLowerCase();
	return Object.hasOwn(TYPES, extension) ? (TYPES[extension] as string) : 'application/octet-stream';
}
