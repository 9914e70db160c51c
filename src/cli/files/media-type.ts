import { extname } from 'node:path';

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OPEN = 'application/vnd.oasis.opendocument';

/** What firms keep. A table and no package: of a thousand types these are met, and --type says any other. */
const TYPES: Readonly<Record<string, string>> = {
	'7z': 'application/x-7z-compressed',
	bmp: 'image/bmp',
	csv: 'text/csv',
	doc: 'application/msword',
	docx: `${OFFICE}.wordprocessingml.document`,
	eml: 'message/rfc822',
	gif: 'image/gif',
	gz: 'application/gzip',
	heic: 'image/heic',
	htm: 'text/html',
	html: 'text/html',
	ics: 'text/calendar',
	jpeg: 'image/jpeg',
	jpg: 'image/jpeg',
	json: 'application/json',
	m4a: 'audio/mp4',
	md: 'text/markdown',
	mov: 'video/quicktime',
	mp3: 'audio/mpeg',
	mp4: 'video/mp4',
	msg: 'application/vnd.ms-outlook',
	odp: `${OPEN}.presentation`,
	ods: `${OPEN}.spreadsheet`,
	odt: `${OPEN}.text`,
	p7m: 'application/pkcs7-mime',
	pdf: 'application/pdf',
	png: 'image/png',
	ppt: 'application/vnd.ms-powerpoint',
	pptx: `${OFFICE}.presentationml.presentation`,
	rtf: 'application/rtf',
	svg: 'image/svg+xml',
	tif: 'image/tiff',
	tiff: 'image/tiff',
	txt: 'text/plain',
	vcf: 'text/vcard',
	wav: 'audio/wav',
	webm: 'video/webm',
	webp: 'image/webp',
	xls: 'application/vnd.ms-excel',
	xlsx: `${OFFICE}.spreadsheetml.sheet`,
	xml: 'application/xml',
	zip: 'application/zip',
};

/** The media type that a file's name says; bytes of no known kind otherwise. */
export function mediaTypeOf(name: string): string {
	const extension = extname(name).slice(1).toLowerCase();
	return Object.hasOwn(TYPES, extension) ? (TYPES[extension] as string) : 'application/octet-stream';
}
