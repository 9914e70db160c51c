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

/** How rows of a type are written. Columns are named by their properties, which are also the names of fields and arguments. */
export interface WorkspaceType {
	readonly table: FirmOwnedTable;
	/** Name of the type in error sentences. */
	readonly noun: string;
	/** Columns that a caller may write. A column such as clientId refers to an existing row of the type Client. */
	readonly writableColumns: readonly string[];
	/** Arguments of a create that contain columns instead of being a column. */
	readonly groupedArguments?: readonly string[];
	/** Computes columns of a new row that were left out. */
	readonly fillColumns?: (given: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
	/** Content that a new row must have. Optional in the schema, because a device seals it in the firm's own custody. */
	readonly requiredContent?: readonly string[];
	/** The column that names the record whose share or lease ends change the row's key; by default the row itself. */
	readonly keyedBy?: string;
	/** The column that refers to the parent row, whose `updatedAt` changes when a row is added. */
	readonly touchedParentColumn?: string;
	/** Computes further columns of a new row while its parent row is locked. */
	readonly deriveColumns?: (
		tx: Transaction,
		given: Readonly<Record<string, unknown>>,
	) => Promise<Record<string, unknown>>;
	/** Arguments that are lists of rows of another type. They belong to the row and are replaced as a whole. */
	readonly lists?: Readonly<Record<string, PartType>>;
	/** Rows of other types whose content is removed together with this row's content. */
	readonly parts?: readonly PartType[];
	/** Runs when a row is removed. */
	readonly onDelete?: (tx: Transaction, id: string) => Promise<void>;
	/** Error sentences by the name of a unique constraint. */
	readonly unique?: Readonly<Record<string, string>>;
}

interface PartType {
	readonly type: string;
	/** The column that refers to the row it is a part of. */
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
		keyedBy: 'threadId',
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
		requiredContent: ['total'],
		fillColumns: ({ amountDue, total }) => ({ amountDue: amountDue ?? total }),
		lists: { lineItems },
		parts: [lineItems, { type: 'Comment', parentColumn: 'invoiceId' }],
		unique: { invoices_number_free: 'Another invoice of the firm has this number: choose another number.' },
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

/** The schema promises this limit. */
const MAX_VERSIONS = 200;

/** The number of the next version of a document. @throws FirmsealError CONFLICT if it can have no further version. */
export async function nextVersion(tx: Transaction, documentId: string): Promise<number> {
	const number = await nextVersionNumber(tx, documentId);
	if (number <= MAX_VERSIONS) return number;
	throw new FirmsealError(
		'CONFLICT',
		`A document can have at most ${MAX_VERSIONS} versions: continue with a new document.`,
	);
}

export type WorkspaceTypeName = keyof typeof WORKSPACE;

/** @throws Error for a name that is not in WORKSPACE. */
export function workspaceType(name: string): WorkspaceType {
	const type = (WORKSPACE as Readonly<Record<string, WorkspaceType>>)[name];
	if (!type) throw new Error(`${name} is not a type of the workspace.`);
	return type;
}

/** The name of the type that a column such as clientId refers to; null for any other column. */
export function referencedTypeName(column: string): WorkspaceTypeName | null {
	const name = column.charAt(0).toUpperCase() + column.slice(1, -2);
	return column.endsWith('Id') && Object.hasOwn(WORKSPACE, name) ? (name as WorkspaceTypeName) : null;
}

export function referencedType(column: string): WorkspaceType | null {
	const name = referencedTypeName(column);
	return name && WORKSPACE[name];
}
