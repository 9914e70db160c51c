import { describe, expect, it } from 'vitest';
import { readRegistry } from '../../src/encryption-directive/index.ts';
import { buildSchema, COLUMNS, column, WORKSPACE } from './workspace.ts';

const read = (...sdl: string[]) => readRegistry(buildSchema([WORKSPACE, ...sdl]), { columns: COLUMNS });

const REFUSED: Readonly<Record<string, readonly [sdl: string, path: string, coordinate: string]>> = {
	'the field itself': ['extend input NoteFilter { title: String }', 'NoteFilter.title', 'Note.title'],
	'an operator after it': [
		'extend input NoteFilter { titleContains: String }',
		'NoteFilter.titleContains',
		'Note.title',
	],
	'an operator before it': ['extend input NoteFilter { not_title: String }', 'NoteFilter.not_title', 'Note.title'],
	'another case': ['extend input NoteFilter { TiTlE: String }', 'NoteFilter.TiTlE', 'Note.title'],
	'underscores in it': ['extend input NoteFilter { ti_tle: String }', 'NoteFilter.ti_tle', 'Note.title'],
	'an order by it': ['extend enum NoteOrder { TITLE_ASC }', 'NoteOrder.TITLE_ASC', 'Note.title'],
	'an order input': ['input NoteOrderBy { body: NoteOrder }', 'NoteOrderBy.body', 'Note.body'],
	'a nested input': [
		'input Some { any: [Deep!] } input Deep { body: String } extend input NoteFilter { or: [Some!]! }',
		'Deep.body',
		'Note.body',
	],
	'an input of any name, used as an argument': [
		'input Anyhow { tags: [String] } extend type Query { search(by: Anyhow): [Note] }',
		'Anyhow.tags',
		'Note.tags',
	],
	'a plain argument': [
		'extend type Query { noteCalled(title: String): Note }',
		'Query.noteCalled(title:)',
		'Note.title',
	],
	'an argument of a relation': [
		'extend type Firm { notes(bodyMatches: String): NoteConnection }',
		'Firm.notes(bodyMatches:)',
		'Note.body',
	],
	'an order enum of any name, used as an argument': [
		'enum Sorting { MOOD } extend type Query { memos(by: Sorting): [Memo] }',
		'Sorting.MOOD',
		'Memo.mood',
	],
	'a filter for an interface': ['input TitledWhereInput { title: String }', 'TitledWhereInput.title', 'Titled.title'],
};

describe('no filter, order or lookup depends on content', () => {
	it.each(Object.entries(REFUSED))('refuses %s', (_name, [sdl, path, coordinate]) => {
		expect(() => read(sdl)).toThrow(`${path} depends on ${coordinate}, which is @encrypted: remove it`);
	});

	it.each([
		['metadata whose name contains the name of content', 'extend input NoteFilter { titleLanguageIn: [String] }'],
		["another type's filter inside", 'extend input MemoFilter { tags: String }'],
		['the input of a mutation', 'extend type Mutation { renameNote(title: String): Note }'],
		['an enum that is a value, not an order', 'enum Kind { BODY } extend input NoteFilter { kind: Kind }'],
		['a type without content', 'input FirmFilter { title: String } extend type Query { firms(f: FirmFilter): [Firm] }'],
	])('allows %s', (_name, sdl) => {
		expect(read(sdl).fields).toHaveLength(5);
	});

	it('refuses content even if its name contains the name of a metadata field', () => {
		const sdl = [
			WORKSPACE,
			'extend type Memo { aside: String @encrypted(class: NOTE) } extend input MemoFilter { aside: String }',
		];
		const columns = [...COLUMNS, column('Memo.aside', 'memo_rows.aside')];
		expect(() => readRegistry(buildSchema(sdl), { columns })).toThrow('MemoFilter.aside depends on Memo.aside');
	});

	it('assigns an input to the type with the longest matching name', () => {
		const sdl = 'type NoteSort { title: String } input NoteSortFilter { title: String }';
		expect(read(sdl).fields).toHaveLength(5);
	});

	it('reports each violation once, and terminates on recursive inputs', () => {
		const sdl =
			'input A { b: B } input B { a: A, body: String } extend input NoteFilter { a: A } extend type Query { n(a: A): Note }';
		expect(() => read(sdl)).toThrow(/^[^\n]*B\.body depends on Note\.body[^\n]*$/);
	});
});
