import type { ContentClass } from '../../kit/api/operator.generated.ts';

/** Every field that a lease can cover, as docs/reference/content-fields.md has them, with the class it belongs to and its name for people. */
const FIELDS = {
	'Document.description': ['DOCUMENT', 'Description'],
	'Document.content': ['DOCUMENT', 'Latest file'],
	'Document.sha256': ['DOCUMENT', 'SHA-256 of the latest file'],
	'Document.bucket': ['DOCUMENT', 'Bucket of the latest file'],
	'Document.objectKey': ['DOCUMENT', 'Object key of the latest file'],
	'DocumentVersion.changeSummary': ['DOCUMENT', 'Change'],
	'DocumentVersion.content': ['DOCUMENT', 'File'],
	'DocumentVersion.sha256': ['DOCUMENT', 'SHA-256'],
	'DocumentVersion.bucket': ['DOCUMENT', 'Bucket'],
	'DocumentVersion.objectKey': ['DOCUMENT', 'Object key'],
	'Message.subject': ['COMMUNICATION', 'Subject'],
	'Message.body': ['COMMUNICATION', 'Text'],
	'Comment.text': ['COMMUNICATION', 'Text'],
	'Invoice.memo': ['BILLING', 'Memo'],
	'Invoice.total': ['BILLING', 'Total'],
	'Invoice.amountDue': ['BILLING', 'Amount due'],
	'InvoiceLineItem.description': ['BILLING', 'Description'],
	'InvoiceLineItem.quantity': ['BILLING', 'Quantity'],
	'InvoiceLineItem.unitAmount': ['BILLING', 'Unit amount'],
	'TimeEntry.description': ['BILLING', 'Description'],
	'Note.title': ['NOTE', 'Title'],
	'Note.body': ['NOTE', 'Text'],
} as const satisfies Readonly<Record<string, readonly [ContentClass, string]>>;

/** Such as Note.title. */
export type Coordinate = keyof typeof FIELDS;

export const COORDINATES = Object.keys(FIELDS) as readonly Coordinate[];

/** A type with content. */
export type ContentType = Coordinate extends infer Each
	? Each extends `${infer Type}.${string}`
		? Type
		: never
	: never;

const TYPE_NAMES: Readonly<Record<ContentType, readonly [one: string, many: string]>> = {
	Document: ['document', 'documents'],
	DocumentVersion: ['version of a document', 'versions of documents'],
	Message: ['message', 'messages'],
	Comment: ['comment', 'comments'],
	Invoice: ['invoice', 'invoices'],
	InvoiceLineItem: ['line of an invoice', 'lines of invoices'],
	TimeEntry: ['time entry', 'time entries'],
	Note: ['note', 'notes'],
};

export const CONTENT_CLASSES: readonly ContentClass[] = ['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE'];

const CLASS_NAMES: Readonly<Record<ContentClass, string>> = {
	DOCUMENT: 'Documents and their files',
	COMMUNICATION: 'Messages and comments',
	BILLING: 'Invoices and time entries',
	NOTE: 'Notes',
};

export const classNameOf = (of: ContentClass): string => CLASS_NAMES[of];
export const classOf = (coordinate: Coordinate): ContentClass => FIELDS[coordinate][0];
export const typeOf = (coordinate: Coordinate): ContentType => coordinate.split('.')[0] as ContentType;
/** The field's name, such as Title; the coordinate itself if this console does not know it yet. */
export const fieldNameOf = (coordinate: Coordinate): string => FIELDS[coordinate]?.[1] ?? coordinate;

/** Such as 1 note, or 3 notes. */
export const countOf = (type: ContentType, count: number): string =>
	`${count} ${TYPE_NAMES[type][count === 1 ? 0 : 1]}`;
/** Such as note. */
export const oneOf = (type: ContentType): string => TYPE_NAMES[type]?.[0] ?? type;
export const manyOf = (type: ContentType): string => TYPE_NAMES[type]?.[1] ?? type;

/** Such as Title of notes. */
export const fieldInWords = (coordinate: string): string =>
	`${fieldNameOf(coordinate as Coordinate)} of ${manyOf(typeOf(coordinate as Coordinate))}`;

export const fieldsOfClass = (of: ContentClass): readonly Coordinate[] =>
	COORDINATES.filter((coordinate) => classOf(coordinate) === of);
export const fieldsOfType = (type: ContentType): readonly Coordinate[] =>
	COORDINATES.filter((coordinate) => typeOf(coordinate) === type);
