import type { SealedColumn, SealedLock } from '../../src/encryption-directive/index.ts';
import { COLUMNS, column, WORKSPACE } from './workspace.ts';

const NOTE = 'type Note implements Node & FirmOwned & Titled {';
export const replace = (from: string, to: string) => {
	if (!WORKSPACE.includes(from)) throw new Error(from);
	return WORKSPACE.replace(from, to);
};
const inNote = (line: string) => replace(NOTE, `${NOTE}\n${line}`);
const moved = (from: NonNullable<SealedColumn['from']>): SealedColumn[] =>
	COLUMNS.map((each) => (each.typeName === 'Note' && each.fieldName === 'title' ? { ...each, from } : each));
/** Written out, as in a file. */
export const LOCK: SealedLock = {
	'Memo.mood': { table: 'memos', column: 'mood', class: 'NOTE' },
	'Memo.title': { table: 'memos', column: 'title', class: 'NOTE' },
	'Note.body': { table: 'notes', column: 'body', class: 'NOTE' },
	'Note.tags': { table: 'notes', column: 'tags', class: 'NOTE' },
	'Note.title': { table: 'notes', column: 'title', class: 'NOTE' },
};

export interface Broken {
	readonly sdl?: string | string[];
	readonly columns?: readonly SealedColumn[];
	readonly lock?: SealedLock;
	/** What the sentence must contain: the coordinate and the fix. */
	readonly says: readonly [coordinate: string, fix: string];
}

/** One schema, or one set of columns, for each way to break a start-up rule. */
export const BROKEN: Readonly<Record<string, Broken>> = {
	'no id': {
		sdl: `${WORKSPACE} type Stray implements FirmOwned { firmId: ID! @metadata }`,
		says: ['Stray.id is missing', 'declare it as `id: ID! @metadata`, since Stray'],
	},
	'a nullable id': {
		sdl: `${WORKSPACE} type Stray implements FirmOwned { id: ID @metadata, firmId: ID! @metadata }`,
		says: ['Stray.id is ID:', 'declare it as `id: ID! @metadata`, since Stray'],
	},
	'a field without a mark': { sdl: inNote('secret: String'), says: ['Note.secret has no mark', 'add @encrypted'] },
	'an unmarked field added by an extension': {
		sdl: [WORKSPACE, 'extend type Note { secret: String }'],
		says: ['Note.secret has no mark', 'add @encrypted'],
	},
	'both marks': {
		sdl: inNote('secret: String @metadata @encrypted(class: NOTE)'),
		says: ['Note.secret has more than one mark', 'keep one @encrypted or one @metadata'],
	},
	'both marks, one of them by an extension': {
		sdl: [WORKSPACE, 'extend type Note { title: String @metadata }'],
		says: ['Note.title has more than one mark', 'keep one @encrypted or one @metadata'],
	},
	'both marks, both by extensions': {
		sdl: [
			WORKSPACE,
			'extend type Note { x: String @metadata }',
			'extend type Note { x: String @encrypted(class: NOTE) }',
		],
		says: ['Note.x has more than one mark', 'keep one @encrypted or one @metadata'],
	},
	'a class changed by an extension': {
		sdl: [WORKSPACE, 'extend type Memo { mood: Mood @encrypted(class: BILLING) }'],
		lock: LOCK,
		says: ['Memo.mood is bound to memos.mood, class BILLING', 'restore that'],
	},
	'a mark outside firm-owned types': {
		sdl: replace('name: String!', 'name: String @encrypted(class: NOTE)'),
		columns: [...COLUMNS, column('Firm.name', 'firms.name')],
		says: ["Firm.name is @encrypted but Firm isn't firm-owned: let", 'implement FirmOwned'],
	},
	'an unknown class': {
		sdl: replace('mood: Mood @encrypted(class: NOTE)', 'mood: Mood @encrypted(class: PASTRY)'),
		says: ['Memo.mood has the class PASTRY', "which isn't a content class: use DOCUMENT, COMMUNICATION, BILLING, NOTE"],
	},
	'a reserved class': {
		sdl: [
			replace('mood: Mood @encrypted(class: NOTE)', 'mood: Mood @encrypted(class: RIGHTS)'),
			'extend enum ContentClass { RIGHTS }',
		],
		says: ['Memo.mood has the class RIGHTS', 'use DOCUMENT'],
	},
	'pad 0': { sdl: replace('pad: 256', 'pad: 0'), says: ['Note.body has the pad 0', 'whole number from 1 to 65536'] },
	'a negative pad': { sdl: replace('pad: 256', 'pad: -1'), says: ['Note.body has the pad -1', 'from 1 to 65536'] },
	'a pad too large': { sdl: replace('pad: 256', 'pad: 65537'), says: ['Note.body has the pad 65537', 'leave pad out'] },
	'a pad that is text': { sdl: replace('pad: 256', 'pad: "16"'), says: ['Note.body has the pad "16"', 'whole number'] },
	'non-null content': {
		sdl: replace('body: String @encrypted', 'body: String! @encrypted'),
		says: ['Note.body is @encrypted and non-null', 'write String'],
	},
	'a non-null list of content': {
		sdl: replace('tags: [String!] @encrypted', 'tags: [String!]! @encrypted'),
		says: ['Note.tags is @encrypted and non-null', 'write [String!]'],
	},
	'an encrypted id': {
		sdl: replace(`${NOTE}\n\t\tid: ID! @metadata`, `${NOTE}\n\t\tid: ID! @encrypted(class: NOTE)`),
		says: ['Note.id is @encrypted, but', "a value can't be opened without it: mark it @metadata"],
	},
	'an encrypted firmId': {
		sdl: `${WORKSPACE} type Stray implements FirmOwned { id: ID! @metadata, firmId: ID! @encrypted(class: NOTE) }`,
		says: ['Stray.firmId is @encrypted, but', 'mark it @metadata'],
	},
	'content with arguments': {
		sdl: replace('mood: Mood @', 'mood(of: ID): Mood @'),
		says: ['Memo.mood is @encrypted and takes arguments (of)', 'remove'],
	},
	'an encrypted relation': {
		sdl: replace('memos: [Memo!] @metadata', 'memos: [Memo!] @encrypted(class: NOTE)'),
		says: ['Note.memos is @encrypted but is a relation', 'mark it @metadata'],
	},
	'an encrypted union': {
		sdl: inNote('any: Anything @encrypted(class: NOTE)'),
		says: ['Note.any is @encrypted but is a relation', 'mark it @metadata'],
	},
	'a scalar that cannot be sealed': {
		sdl: `scalar Blob ${inNote('blob: Blob @encrypted(class: NOTE)')}`,
		says: ['Note.blob is @encrypted but Blob', 'use String, ID, Int'],
	},
	'a list of lists': {
		sdl: inNote('grid: [[String!]] @encrypted(class: NOTE)'),
		says: ['Note.grid is @encrypted but [[String!]]', 'a list of them'],
	},
	'an unmarked field of FirmOwned itself': {
		sdl: 'type Query { a: Int } extend interface FirmOwned { region: String }',
		columns: [],
		says: ['FirmOwned.region has no mark', 'add @encrypted'],
	},
	'an encrypted interface field whose object field is not': {
		sdl: replace('title: String @encrypted(class: NOTE)\n\t\tmood', 'title: String @metadata\n\t\tmood'),
		columns: COLUMNS.filter(({ typeName, fieldName }) => `${typeName}.${fieldName}` !== 'Memo.title'),
		says: ['Memo.title has @metadata but Titled.title', 'give both the same mark'],
	},
	'an encrypted interface field on an unmarked object outside firms': {
		sdl: `${WORKSPACE} type Book implements Titled { title: String }`,
		says: ['Book.title has no mark but Titled.title', 'give both the same mark'],
	},
	'an encrypted object field whose interface field is not': {
		sdl: replace(
			'interface Titled {\n\t\ttitle: String @encrypted(class: NOTE)',
			'interface Titled {\n\t\ttitle: String',
		),
		says: ['Note.title has @encrypted(class: NOTE) but Titled.title has no mark', 'give both'],
	},
	'an interface of another class': {
		sdl: replace('title: String @encrypted(class: NOTE)\n\t}', 'title: String @encrypted(class: BILLING)\n\t}'),
		says: ['Note.title has @encrypted(class: NOTE) but Titled.title has @encrypted(class: BILLING)', 'give both'],
	},
	'an interface of another padding': {
		sdl: replace('title: String @encrypted(class: NOTE)\n\t}', 'title: String @encrypted(class: NOTE, pad: 8)\n\t}'),
		says: ['Titled.title has @encrypted(class: NOTE, pad: 8)', 'give both'],
	},
	'a moved column that does not exist': {
		columns: moved({ column: 'title_plain', format: 'text', type: null }),
		says: ['Note.title takes over notes.title_plain, which is not a plaintext column', 'declare it'],
	},
	'a moved column of another type': {
		columns: moved({ column: 'title_plain', format: 'text', type: 'integer' }),
		says: ['Note.title is of type String', 'change the type'],
	},
	'tokens in a column of numbers': {
		columns: moved({ column: 'title_plain', format: 'fernet', type: 'integer' }),
		says: ['Note.title is of type String', 'change the type'],
	},
	'bytes of django-cryptography in a column of text': {
		columns: moved({ column: 'title_plain', format: 'django-cryptography', type: 'text' }),
		says: ['Note.title is of type String', 'which is text with bytes of django-cryptography: change the type'],
	},
	'one column moved by two fields': {
		columns: COLUMNS.map((each) =>
			each.typeName === 'Note' && each.fieldName !== 'tags'
				? { ...each, from: { column: 'plain', format: 'text', type: 'text' } }
				: each,
		),
		says: ['Note.body and Note.title take over the same column', 'its own'],
	},
	'a mark without a column': { columns: COLUMNS.slice(1), says: ['Note.title is @encrypted but has no', 'sealed(…)'] },
	'a column without a mark': {
		columns: [...COLUMNS, column('Note.titleLanguage', 'notes.title_language')],
		says: ['Note.titleLanguage has the sealed() column notes.title_language', 'add the mark'],
	},
	'a column of an unknown type': {
		columns: [...COLUMNS, column('Ghost.text', 'ghosts.text')],
		says: ['Ghost.text has the sealed() column ghosts.text', 'drop the column'],
	},
	'two columns for a mark': {
		columns: [...COLUMNS, column('Note.title', 'notes.title2')],
		says: ['Note.title has more than one sealed() column (notes.title, notes.title2)', 'keep one'],
	},
	'two columns with one binding': {
		columns: [...COLUMNS.slice(1), column('Note.title', 'notes.title', 'notes.body')],
		says: ['Note.title is bound to notes.body, as is Note.body', 'give the sealed() of the newer one its own bind'],
	},
	'a changed binding': {
		lock: { ...LOCK, 'Note.body': { table: 'notes', column: 'text', class: 'NOTE' } },
		says: ['Note.body is bound to notes.body', 'npm run generate'],
	},
	'a changed class': {
		lock: { ...LOCK, 'Note.body': { table: 'notes', column: 'body', class: 'BILLING' } },
		says: ['values were sealed as notes.body, class BILLING', 'npm run generate'],
	},
	'a missing lock entry': {
		lock: Object.fromEntries(Object.entries(LOCK).filter(([coordinate]) => coordinate !== 'Memo.mood')),
		says: ["Memo.mood isn't in the lock file", 'npm run generate'],
	},
	'a lock entry left over': {
		lock: { ...LOCK, 'Memo.old': { table: 'memos', column: 'old', class: 'NOTE' } },
		says: ["Memo.old is in the lock file but isn't @encrypted", 'npm run generate'],
	},
	'two classes in one table': {
		sdl: replace('mood: Mood @encrypted(class: NOTE)', 'mood: Mood @encrypted(class: BILLING)'),
		says: ['Memo.title is NOTE, Memo.mood is BILLING, but all are in table memo_rows', 'one class'],
	},
	'a scalar in a payload': {
		sdl: replace('noteId: ID\n', 'noteId: ID\nsummary: String\n'),
		says: ['CreateNotePayload.summary is a scalar', 'move it'],
	},
	'a list of scalars in a connection': {
		sdl: replace('totalCount: Int!', 'totalCount: Int!\nsnippets: [String]'),
		says: ['NoteConnection.snippets is a scalar', 'move it'],
	},
	'content named like an id': {
		sdl: replace('noteId: ID\n', 'noteId: String\n'),
		says: ['CreateNotePayload.noteId is a scalar', 'move it'],
	},
	'content named like a cursor': {
		sdl: replace('cursor: String!', 'cursor: String!\nbodycursor: String'),
		says: ['NoteEdge.bodycursor is a scalar', 'move it'],
	},
	'a type named like a page': {
		sdl: replace('hasNextPage: Boolean!', 'hasNextPage: Boolean!\nguesshasNextPage: Boolean'),
		says: ['PageInfo.guesshasNextPage is a scalar', 'move it'],
	},
};
