/** A list that is read from its beginning to its end, page by page. */
export interface List {
	/** The type of its records. */
	readonly type: string;
	/** The fields from the root of a query to its connection. */
	readonly path: readonly [string, ...string[]];
	/** The title of its progress. */
	readonly title: string;
	/** Rows of a page. The API answers at most 100,000 fields; a page has at most half of that. */
	readonly first: number;
}

/** In the order in which they are read: a record comes after the records that it names. */
export const LISTS: readonly List[] = [
	{ type: 'Client', path: ['clients'], title: 'Clients', first: 200 },
	{ type: 'User', path: ['viewer', 'firm', 'members'], title: 'Members', first: 200 },
	{ type: 'Thread', path: ['threads'], title: 'Threads with messages', first: 20 },
	{ type: 'Note', path: ['notes'], title: 'Notes', first: 200 },
	{ type: 'Invoice', path: ['invoices'], title: 'Invoices', first: 8 },
	{ type: 'TimeEntry', path: ['timeEntries'], title: 'Time entries', first: 200 },
	{ type: 'Document', path: ['documents'], title: 'Documents', first: 6 },
];

/** Types that have no list and are read with the record that they belong to, each with the number of rows that come with that record. */
export const BELOW: Readonly<Record<string, number>> = { Message: 10, Comment: 5 };

/** The file of each type. A type without a file is a part of the records that it belongs to. */
export const FILE_OF: Readonly<Record<string, string>> = {
	Client: 'clients.jsonl',
	User: 'members.jsonl',
	Thread: 'threads.jsonl',
	Message: 'messages.jsonl',
	Comment: 'comments.jsonl',
	Note: 'notes.jsonl',
	Invoice: 'invoices.jsonl',
	TimeEntry: 'time-entries.jsonl',
	Document: 'documents.jsonl',
};

export const FIRM_FILE = 'firm.json';
