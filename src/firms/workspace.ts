import {
	type FirmOwnedTable,
	giveUpObjectsOf,
	nextVersionNumber,
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
	readonly given: readonly string[];
	/** What the arguments of a create mean, where they aren't columns of their own. */
	readonly ofCreate?: (input: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
	/** Of the columns given, the one that names what the row is added to, whose time then moves. */
	readonly addsTo?: string;
	/** Further columns of a new row, worked out while what it is added to is locked. */
	readonly complete?: (tx: Transaction, given: Readonly<Record<string, unknown>>) => Promise<Record<string, unknown>>;
	/** Arguments that are lists of rows of another type, which belong to the row and are given and replaced as a whole. */
	readonly lists?: Readonly<Record<string, Part>>;
	/** Rows of other types that lose their content with it. */
	readonly parts?: readonly Part[];
	/** What else goes with a row that is removed. */
	readonly bury?: (tx: Transaction, id: string) => Promise<void>;
	/** What a broken unique constraint of the table means. */
	readonly unique?: Readonly<Record<string, string>>;
}

interface Part {
	readonly type: string;
	/** The column that names the row it is a part of. */
	readonly of: string;
}

const lineItems: Part = { type: 'InvoiceLineItem', of: 'invoiceId' };

/** Every type of the workspace, by its name in the schema. */
export const WORKSPACE = {
	Client: { table: clients, noun: 'client', given: ['name', 'email', 'status'] },
	Thread: { table: threads, noun: 'thread', given: ['clientId'] },
	Message: {
		table: messages,
		noun: 'message',
		given: ['threadId', 'subject', 'body'],
		addsTo: 'threadId',
		parts: [{ type: 'Comment', of: 'messageId' }],
	},
	Comment: {
		table: comments,
		noun: 'comment',
		given: ['documentId', 'messageId', 'noteId', 'invoiceId', 'text'],
		ofCreate: ({ about, ...input }) => ({ ...input, ...(about as object) }),
	},
	Document: {
		table: documents,
		noun: 'document',
		given: ['clientId', 'name', 'mimeType', 'description'],
		parts: [
			{ type: 'DocumentVersion', of: 'documentId' },
			{ type: 'Comment', of: 'documentId' },
		],
		bury: giveUpObjectsOf,
	},
	DocumentVersion: {
		table: documentVersions,
		noun: 'version',
		given: ['documentId', 'changeSummary'],
		addsTo: 'documentId',
		complete: async (tx, { documentId }) => ({ number: await nextVersion(tx, documentId as string) }),
	},
	Note: {
		table: notes,
		noun: 'note',
		given: ['title', 'body'],
		parts: [{ type: 'Comment', of: 'noteId' }],
	},
	Invoice: {
		table: invoices,
		noun: 'invoice',
		given: ['clientId', 'number', 'status', 'currency', 'total', 'amountDue', 'issuedAt', 'dueAt', 'memo'],
		ofCreate: ({ amountDue, ...input }) => ({ ...input, amountDue: amountDue ?? input.total }),
		lists: { lineItems },
		parts: [lineItems, { type: 'Comment', of: 'invoiceId' }],
		unique: { invoices_number_free: 'Another invoice of the firm has this number: give this one another.' },
	},
	InvoiceLineItem: {
		table: invoiceLineItems,
		noun: 'line item',
		given: ['description', 'quantity', 'unitAmount'],
	},
	TimeEntry: {
		table: timeEntries,
		noun: 'time entry',
		given: ['clientId', 'minutes', 'startedAt', 'description'],
	},
} as const satisfies Record<string, WorkspaceType>;

/** Versions of a document at most; the schema promises it. */
const MOST_VERSIONS = 200;

/** The number of the next version of a document. @throws FirmsealError CONFLICT when it can have no more. */
export async function nextVersion(tx: Transaction, documentId: string): Promise<number> {
	const number = await nextVersionNumber(tx, documentId);
	if (number <= MOST_VERSIONS) return number;
	throw new FirmsealError('CONFLICT', `A document has at most ${MOST_VERSIONS} versions: go on with a new one.`);
}

export type WorkspaceTypeName = keyof typeof WORKSPACE;

/** A type by its name. @throws Error for a name that isn't one of the workspace. */
export function workspaceType(name: string): WorkspaceType {
	const type = (WORKSPACE as Readonly<Record<string, WorkspaceType>>)[name];
	if (!type) throw new Error(`${name} is no type of the workspace.`);
	return type;
}

/** The name of the type that a column such as clientId names a row of; null for any other column. */
export function referredTypeName(column: string): WorkspaceTypeName | null {
	const name = column.charAt(0).toUpperCase() + column.slice(1, -2);
	return column.endsWith('Id') && Object.hasOwn(WORKSPACE, name) ? (name as WorkspaceTypeName) : null;
}

/** The same as a type. */
export function referredType(column: string): WorkspaceType | null {
	const name = referredTypeName(column);
	return name && WORKSPACE[name];
}
