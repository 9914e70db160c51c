import {
	type FirmOwnedTable,
	nextVersionNumber,
	releaseDocumentObjects,
	type Transaction,
	tables,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';

const { clients, comments, documents, documentVersions, invoiceLineItems, invoices, messages, notes } = tables;
const { threads, timeEntries } = tables;

/** How rows of a type are written. Columns go by their properties, which have the names of the fields and arguments. */
export interface WorkspaceType {
	readonly table: FirmOwnedTable;
	/** What an error calls one. */
	readonly noun: string;
	/** Columns that writers give; one that ends in Id names a row of the type before it, which must be there. */
	readonly writableColumns: readonly string[];
	/** Arguments of a create that hold columns, rather than being one. */
	readonly groupedArguments?: readonly string[];
	/** Columns of a new row that follow from others where they are left out. */
	readonly fillColumns?: (given: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
	/** Of the columns given, the one that names what the row is added to, whose time then moves. */
	readonly touchedParentColumn?: string;
	/** Further columns of a new row, worked out while what it is added to is locked. */
	readonly deriveColumns?: (
		tx: Transaction,
		given: Readonly<Record<string, unknown>>,
	) => Promise<Record<string, unknown>>;
	/** Arguments that are lists of rows of another type, which belong to the row and are given and replaced as a whole. */
	readonly lists?: Readonly<Record<string, PartType>>;
	/** Rows of other types that lose their content with it. */
	readonly parts?: readonly PartType[];
	/** What else goes with a row that is removed. */
	readonly onDelete?: (tx: Transaction, id: string) => Promise<void>;
	/** What a broken unique constraint of the table means. */
	readonly unique?: Readonly<Record<string, string>>;
}

interface PartType {
	readonly type: string;
	/** The column that names the row it is a part of. */
	readonly parentColumn: string;
}

const lineItems: PartType = { type: 'InvoiceLineItem', parentColumn: 'invoiceId' };

/** Every type of the workspace, by its name in the schema. */
export const WORKSPACE = {
	Client: { table: clients, noun: 'client', writableColumns: ['name', 'email', 'status'] },
	Thread: { table: threads, noun: 'thread', writableColumns: ['clientId'] },
	Message: {
		table: messages,
		noun: 'message',
		writableColumns: ['threadId', 'subject', 'body'],
		touchedParentColumn: 'threadId',
		parts: [{ type: 'Comment', parentColumn: 'messageId' }],
	},
	Comment: {
		table: comments,
		noun: 'comment',
		writableColumns: ['documentId', 'messageId', 'noteId', 'invoiceId', 'text'],
		groupedArguments: ['about'],
	},
	Document: {
		table: documents,
		noun: 'document',
		writableColumns: ['clientId', 'name', 'mimeType', 'description'],
		parts: [
			{ type: 'DocumentVersion', parentColumn: 'documentId' },
			{ type: 'Comment', parentColumn: 'documentId' },
		],
		onDelete: releaseDocumentObjects,
	},
	DocumentVersion: {
		table: documentVersions,
		noun: 'version',
		writableColumns: ['documentId', 'changeSummary'],
		touchedParentColumn: 'documentId',
		deriveColumns: async (tx, { documentId }) => ({ number: await nextVersion(tx, documentId as string) }),
	},
	Note: {
		table: notes,
		noun: 'note',
		writableColumns: ['title', 'body'],
		parts: [{ type: 'Comment', parentColumn: 'noteId' }],
	},
	Invoice: {
		table: invoices,
		noun: 'invoice',
		writableColumns: ['clientId', 'number', 'status', 'currency', 'total', 'amountDue', 'issuedAt', 'dueAt', 'memo'],
		fillColumns: ({ amountDue, total }) => ({ amountDue: amountDue ?? total }),
		lists: { lineItems },
		parts: [lineItems, { type: 'Comment', parentColumn: 'invoiceId' }],
		unique: { invoices_number_free: 'Another invoice of the firm has this number: give this one another.' },
	},
	InvoiceLineItem: {
		table: invoiceLineItems,
		noun: 'line item',
		writableColumns: ['description', 'quantity', 'unitAmount'],
	},
	TimeEntry: {
		table: timeEntries,
		noun: 'time entry',
		writableColumns: ['clientId', 'minutes', 'startedAt', 'description'],
	},
} as const satisfies Record<string, WorkspaceType>;

/** Versions of a document at most; the schema promises it. */
const MAX_VERSIONS = 200;

/** The number of the next version of a document. @throws FirmsealError CONFLICT when it can have no more. */
export async function nextVersion(tx: Transaction, documentId: string): Promise<number> {
	const number = await nextVersionNumber(tx, documentId);
	if (number <= MAX_VERSIONS) return number;
	throw new FirmsealError('CONFLICT', `A document has at most ${MAX_VERSIONS} versions: go on with a new one.`);
}

export type WorkspaceTypeName = keyof typeof WORKSPACE;

/** A type by its name. @throws Error for a name that isn't one of the workspace. */
export function workspaceType(name: string): WorkspaceType {
	const type = (WORKSPACE as Readonly<Record<string, WorkspaceType>>)[name];
	if (!type) throw new Error(`${name} is no type of the workspace.`);
	return type;
}

/** The name of the type that a column such as clientId names a row of; null for any other column. */
export function referencedTypeName(column: string): WorkspaceTypeName | null {
	const name = column.charAt(0).toUpperCase() + column.slice(1, -2);
	return column.endsWith('Id') && Object.hasOwn(WORKSPACE, name) ? (name as WorkspaceTypeName) : null;
}

/** The same as a type. */
export function referencedType(column: string): WorkspaceType | null {
	const name = referencedTypeName(column);
	return name && WORKSPACE[name];
}
