import { describe, expect, it } from 'vitest';
import { readRegistry, type SealedColumn } from '../../src/encryption-directive/index.ts';
import { SetupError } from '../../src/errors.ts';
import { LOCK } from './broken-schemas.ts';
import { buildSchema, COLUMNS, column, directiveWith, RecordingContent, WORKSPACE } from './workspace.ts';

const read = (more: string, columns: readonly SealedColumn[] = COLUMNS, lock = undefined as typeof LOCK | undefined) =>
	readRegistry(buildSchema([WORKSPACE, more]), { columns, lock });
const NOTHING = 'extend type Query { nothing: Int }';

/** Each is the whole message: one violation is reported once, and nothing else is reported. */
describe('a single violation', () => {
	it('of a mark without a column is reported with and without a lock', () => {
		const fault = /^Note\.title is @encrypted but has no sealed\(\) column[^\n]*$/;
		expect(() => read(NOTHING, COLUMNS.slice(1))).toThrow(fault);
		expect(() => read(NOTHING, COLUMNS.slice(1), LOCK)).toThrow(fault);
	});

	it.each([
		['table', column('Memo.title', 'memo_rows.title', 'notes.title')],
		['column', column('Memo.title', 'notes.heading', 'notes.title')],
	])('of two columns with one binding is reported even if only their SQL %s differs', (_, own) => {
		const columns = COLUMNS.map((each) => (each.typeName === 'Memo' && each.fieldName === 'title' ? own : each));
		expect(() => read(NOTHING, columns)).toThrow(/^Memo\.title is bound to notes\.title, as is Note\.title: [^\n]*$/);
	});

	it('of a field with arguments names them all', () => {
		expect(() =>
			read('extend type Memo { text(from: Int, to: Int): String @encrypted(class: NOTE) }', [
				...COLUMNS,
				column('Memo.text', 'memo_rows.text'),
			]),
		).toThrow(/^Memo\.text is @encrypted and takes arguments \(from, to\): [^\n]*$/);
	});

	it('of conflicting marks below an interface is reported with both marks', () => {
		expect(() => read('extend type Note { title: String @metadata }')).toThrow(
			/\nNote\.title has @encrypted\(class: NOTE\) and @metadata but Titled\.title has @encrypted\(class: NOTE\): /,
		);
	});

	it('of a filter is not hidden by an enum whose name is a prefix of its own', () => {
		expect(() => read('input NoteOrderFilter { title: String }')).toThrow(
			/^NoteOrderFilter\.title depends on Note\.title/,
		);
	});

	it('of a filter is not found across the name of a metadata field', () => {
		expect(read('extend input NoteFilter { tiTitleLanguageTle: String }').fields).toHaveLength(5);
	});

	it('of the GraphQL rules is reported in GraphQL’s words, one per line', () => {
		const sdl = 'type Query { a: Int } type Note implements Node { x: Int } type Memo implements Node { x: Int }';
		expect(() => readRegistry(buildSchema(sdl), { columns: [] })).toThrow(
			/^Interface field Node\.id expected but Note does not provide it\.\nInterface field Node\.id [^\n]*$/,
		);
	});

	it('of a schema without a transformer is reported as such', () => {
		const { registryOf } = directiveWith(new RecordingContent());
		const ask = () => registryOf(buildSchema(WORKSPACE));
		expect(ask).toThrow(SetupError);
		expect(ask).toThrow(/^This schema has no registry/);
	});
});

describe('a connection or payload', () => {
	it.each([
		'textCursor: String',
		'cursorText: String',
		'notHasNextPage: Boolean',
		'hasNextPageOfText: Boolean',
		'discount: Int',
		'counter: Int',
		'footpath: String',
		'pathology: String',
		'paid: ID',
		'identity: ID',
		'anyclientMutationId: String',
		'clientMutationIdea: String',
	])('may not have the field %s, which only starts or ends with an allowed name', (field) => {
		const [name] = field.split(':');
		expect(() => read(`extend type NoteConnection { ${field} }`)).toThrow(
			`NoteConnection.${name} is a scalar of a connection or payload`,
		);
	});

	it('may have fields with an allowed name', () => {
		const allowed = 'count: Int, unreadCount: Int, path: String, noteIds: [ID!], clientMutationId: String';
		expect(read(`extend type CreateNotePayload { ${allowed} }`).fields).toHaveLength(5);
	});

	it('is recognized by the end of its name only', () => {
		expect(read('type PayloadKind { name: String } extend type Query { kind: PayloadKind }').fields).toHaveLength(5);
	});
});

describe('without the rules', () => {
	it.each([
		['no column', NOTHING, COLUMNS.slice(1)],
		[
			'a type without a sealed form',
			'extend type Note { firm: Firm @encrypted(class: NOTE) }',
			[...COLUMNS, column('Note.firm', 'notes.firm')],
		],
	])('a field with %s still cannot enter a registry', (_, sdl, columns) => {
		expect(() => readRegistry(buildSchema([WORKSPACE, sdl]), { columns, rules: [] })).toThrow(
			/^Note\.(title|firm) passed the start-up rules without/,
		);
	});
});

describe('what the rules allow', () => {
	it.each(['1', '65536', 'null'])('the pad %s', (pad) => {
		const columns = [...COLUMNS, column('Memo.text', 'memo_rows.text')];
		const sdl = `extend type Memo { text: String @encrypted(class: NOTE, pad: ${pad}) }`;
		expect(read(sdl, columns).get('Memo.text')?.pad).toBe(Number(pad === 'null' ? 0 : pad));
	});

	it.each([
		['an argument of a field that answers another type', 'extend type Query { firms(title: String): [Firm] }'],
		['an input that only begins with the name of a type', 'input NoteAboutFilter { title: String }'],
	])('%s', (_, sdl) => {
		expect(read(sdl).fields).toHaveLength(5);
	});
});
