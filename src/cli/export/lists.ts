/** A list that is read from its beginning to its end, page by page. */
export interface List {
	/** Of its records. */
	readonly type: string;
	/** From the root of a query to its connection. */
	readonly path: readonly [string, ...string[]];
	/** What its progress is called. */
	readonly title: string;
}

/** In the order in which they are read: what others name comes first. */
export const LISTS: readonly List[] = [
	{ type: 'Client', path: ['clients'], title: 'Clients' },
	{ type: 'User', path: ['viewer', 'firm', 'members'], title: 'Members' },
	{ type: 'Thread', path: ['threads'], title: 'Threads with messages' },
	{ type: 'Note', path: ['notes'], title: 'Notes' },
	{ type: 'Invoice', path: ['invoices'], title: 'Invoices' },
	{ type: 'TimeEntry', path: ['timeEntries'], title: 'Time entries' },
	{ type: 'Document', path: ['documents'], title: 'Documents' },
];

/** Types that have no list of their own and are read with what they belong to; and how many of each with one of that at first. */
export const BELOW: Readonly<Record<string, number>> = { Message: 10, Comment: 5 };

/** The file of each type; a type without one is a part of the records it belongs to. */
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
export const DOCUMENTS = 'documents.jsonl';
