import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { describe, expect, it, vi } from 'vitest';
import { withArgumentChecks } from '../../../src/api/argument-checks.ts';
import { resolvers } from '../../../src/api/resolvers/index.ts';
import { buildFromSdl, createResolvedSchema, readTypeDefs } from '../../../src/api/schema.ts';
import { workspaceResolvers } from '../../../src/api/workspace/index.ts';
import { SetupError } from '../../../src/errors.ts';
import { failWith } from '../../support/failing-calls.ts';

/** The project's own schema with an extension. */
const schemaWith = (further: string) => makeExecutableSchema({ typeDefs: [...readTypeDefs(), further] });

/** The start-up error for it; `fits` if there is none. */
function saidOf(schema: ReturnType<typeof schemaWith>): string {
	try {
		withArgumentChecks(schema);
		workspaceResolvers(schema, { ...resolvers });
		return 'fits';
	} catch (error) {
		expect(error).toBeInstanceOf(SetupError);
		return (error as Error).message;
	}
}

it('start-up fails if the schema’s lock file cannot be read', async () => {
	// The process has its schema already.
	const again = '../../../src/api/schema.ts?again';
	const { createSchema } = (await import(again)) as typeof import('../../../src/api/schema.ts');
	failWith(fs, 'readFileSync', 'ENOENT');
	const sentence = 'drizzle/sealed.lock.json is missing or damaged: restore it from version control.';
	expect(createSchema).toThrow(new SetupError(sentence));
});

it('start-up refuses an argument beside the input', () => {
	const typeDefs = readTypeDefs().map((text) =>
		text.replace('createNote(input: CreateNoteInput!)', 'createNote(input: CreateNoteInput!, outcome: Int)'),
	);
	expect(saidOf(makeExecutableSchema({ typeDefs }))).toBe(
		'Mutation.createNote(outcome:) would not be used: put it into input.',
	);
});

it('start-up refuses an argument of a deletion that it would not use', () => {
	expect(saidOf(schemaWith('extend input DeleteNoteInput { reason: String @limit(bytes: 100) }'))).toBe(
		'DeleteNoteInput.reason would not be used: remove it from the schema.',
	);
});

describe('start-up names the file, line and column of an error in schema/:', () => {
	const build = () => buildFromSdl(() => createResolvedSchema(readTypeDefs()));

	it.each([
		['a syntax error', 'outcome String', '2:10', 'Syntax Error: Expected ":", found Name "String".'],
		['an unknown directive', 'outcome: String @encryptd', '2:18', 'Unknown directive "@encryptd".'],
		['an unknown type', 'outcome: Strin', '2:11', 'Unknown type "Strin". Did you mean "String"?'],
		[
			'a directive without its class',
			'outcome: String @encrypted(pad: 64)',
			'2:18',
			'Directive "@encrypted" argument "class" of type "ContentClass!" is required, but it was not provided.',
		],
		[
			'a field that is there twice',
			'outcome: Int outcome: Int',
			'2:2',
			'Field "Note2.outcome" can only be defined once.',
		],
		[
			'a directive with a wrong value',
			'outcome(of: String @limit(bytes: "1024")): Int',
			'2:35',
			'Argument "bytes" has invalid value "1024".',
		],
	])('%s', (_what, field, place, message) => {
		const read = fs.readFileSync;
		const spoiled = (path: unknown, ...rest: unknown[]) => {
			const text = Reflect.apply(read, fs, [path, ...rest]);
			return String(path).endsWith('/schema/note.graphql') ? `type Note2 {\n\t${field}\n}\n${text}` : text;
		};
		const mocked = vi.spyOn(fs, 'readFileSync').mockImplementation(spoiled as typeof fs.readFileSync);
		syncBuiltinESMExports();
		try {
			const sentence = `schema/note.graphql:${place} is not valid SDL (${message}): correct the line.`;
			expect(build).toThrow(new SetupError(sentence));
		} finally {
			mocked.mockRestore();
			syncBuiltinESMExports();
		}
		expect(build).not.toThrow();
	});
});

const PAGE = 'first: Int, after: String, last: Int, before: String';

describe('a schema that fits its tables is accepted', () => {
	it('as the project has it', () => expect(saidOf(schemaWith('scalar Nothing'))).toBe('fits'));

	it.each([
		`extend type Query { more(${PAGE}): NoteConnection! }`,
		`extend type Query { more(${PAGE}, authorId: ID): NoteConnection! }`,
		'extend type Query { later(id: ID!): TimeEntry }',
		'extend type Note { author2: Int @metadata }',
	])('with %s', (further) => {
		expect(saidOf(schemaWith(further))).toBe('fits');
	});
});

describe('start-up refuses a relation without a column', () => {
	it.each([
		['extend type Note { client: Client @metadata }', 'Note.client answers Client'],
		['extend type Note { reader: User @metadata }', 'Note.reader answers User'],
		['extend type Thread { notes: NoteConnection @metadata }', 'Thread.notes answers NoteConnection'],
		['extend type Note { documents: [Document!]! @metadata }', 'Note.documents answers Document'],
		['extend type Client { firm: Firm @metadata }', 'Client.firm answers Firm'],
		['extend type Client { people: UserConnection! @metadata }', 'Client.people answers UserConnection'],
		['extend type TimeEntry { remarks: [Comment!] @metadata }', 'TimeEntry.remarks answers Comment'],
	])('%s', (further, beginning) => {
		expect(saidOf(schemaWith(further))).toBe(`${beginning}, but no column leads there: add the column or a resolver.`);
	});
});

it.each(['Query', 'Mutation'])('start-up refuses a field of %s without a resolver', (type) => {
	expect(saidOf(schemaWith(`extend type ${type} { other: Int }`))).toBe(
		`${type}.other has no resolver: name it like the workspace's fields, or add a resolver.`,
	);
});

it.each([
	['CreateNoteInput', 'Note'],
	['UpdateDocumentInput', 'Document'],
	['CreateCommentInput', 'Comment'],
	['InvoiceLineItemInput', 'InvoiceLineItem'],
	['CommentSubject', 'Comment'],
])('start-up refuses an argument of %s that would not be written', (input, type) => {
	expect(saidOf(schemaWith(`extend input ${input} { outcome: String @limit(bytes: 100) }`))).toBe(
		`${input}.outcome would not be written: add outcome to writableColumns of ${type} in src/firms/workspace.ts.`,
	);
});

it.each([
	['UpdateCommentInput', 'about', 'Comment'],
	['InvoiceLineItemInput', 'about', 'InvoiceLineItem'],
	['CommentSubject', 'about', 'Comment'],
])('start-up refuses the group %s.%s: creations alone take groups apart, at their top', (input, name, of) => {
	expect(saidOf(schemaWith(`extend input ${input} { ${name}: CommentSubject }`))).toBe(
		`${input}.${name} would not be written: add ${name} to writableColumns of ${of} in src/firms/workspace.ts.`,
	);
});

it.each([
	['InvoiceLineItemInput', 'expectedRevision', 'Int @limit(min: 1)', 'InvoiceLineItem'],
	['CreateNoteInput', 'expectedRevision', 'Int @limit(min: 1)', 'Note'],
])('start-up refuses %s.%s, which a write would not use', (input, name, type, of) => {
	expect(saidOf(schemaWith(`extend input ${input} { ${name}: ${type} }`))).toBe(
		`${input}.${name} would not be written: add ${name} to writableColumns of ${of} in src/firms/workspace.ts.`,
	);
});

describe('start-up refuses an order', () => {
	const order = (type: string, name: string) =>
		schemaWith(
			`enum TryOrder { ${name} } extend type Query { tries(${PAGE}, orderBy: TryOrder = ${name}): ${type}Connection! }`,
		);

	it.each([
		['Note', 'TITLE_ASC', 'content'],
		['Document', 'OBJECT_KEY_DESC', 'content'],
		['Invoice', 'TOTAL_DESC', 'content'],
		['Note', 'NAME_ASC', 'no column'],
		['Invoice', 'DUE_AT_ASC', 'a nullable column, whose rows a cursor would skip'],
		['Note', 'CREATED_AT', 'no direction'],
		['Note', 'BEST_FIRST', 'no column'],
	])('of %s by %s: %s', (type, name) => {
		expect(saidOf(order(type, name))).toBe(
			`Query.tries can't be ordered by ${name}: its table has no such metadata column.`,
		);
	});

	it.each([
		['Invoice', 'NUMBER_DESC'],
		['DocumentVersion', 'NUMBER_ASC'],
	])('but accepts %s by %s', (type, name) => {
		const connection =
			type === 'DocumentVersion' ? 'type DocumentVersionConnection { nodes: [DocumentVersion!]! } ' : '';
		const schema = schemaWith(
			`${connection}enum TryOrder { ${name} } extend type Query { tries(${PAGE}, orderBy: TryOrder = ${name}): ${type}Connection! }`,
		);
		expect(saidOf(schema)).toBe('fits');
	});

	it('without a default', () => {
		const schema = schemaWith(
			`enum TryOrder { UPDATED_AT_ASC } extend type Query { tries(${PAGE}, orderBy: TryOrder): NoteConnection! }`,
		);
		expect(saidOf(schema)).toBe('Query.tries has no default order: give orderBy one in the schema.');
	});

	it('of a list below an object, too', () => {
		const schema = schemaWith(
			`enum TryOrder { TEXT_ASC } extend type Note { tries(${PAGE}, orderBy: TryOrder = TEXT_ASC): CommentConnection! @metadata }`,
		);
		expect(saidOf(schema)).toBe("Note.tries can't be ordered by TEXT_ASC: its table has no such metadata column.");
	});
});

describe('start-up refuses a filter without a metadata column', () => {
	it.each([
		'title: String @limit(bytes: 9)',
		'body: String @limit(bytes: 9)',
		'clientId: ID',
		'sharedWithId: ID',
		'startedFrom: DateTime',
		'createdUntil: DateTime',
		'bodyFrom: DateTime',
		'text: Int',
	])('%s', (field) => {
		const [name] = field.split(':');
		const sentence = `Query.notes can't be filtered by ${name}: its table has no such metadata column.`;
		expect(saidOf(schemaWith(`extend input NoteFilter { ${field} }`))).toBe(sentence);
		const asArgument = schemaWith(`extend type Query { tries(${PAGE}, ${field}): NoteConnection! }`);
		expect(saidOf(asArgument)).toBe(sentence.replace('notes', 'tries'));
	});

	it.each(['id: ID', 'revision: Int', 'updatedFrom: DateTime', 'updatedBefore: DateTime'])(
		'but accepts %s',
		(field) => {
			expect(saidOf(schemaWith(`extend input NoteFilter { ${field} }`))).toBe('fits');
		},
	);
});

describe('start-up refuses text without a limit', () => {
	it.each([
		['extend input CreateNoteInput { mood: String }', 'CreateNoteInput.mood'],
		['extend input CreateNoteInput { moods: [String!] }', 'CreateNoteInput.moods'],
		['extend type Query { found(by: String!): Note }', 'Query.found(by:)'],
		['extend input InvoiceLineItemInput { unit: String @limit(items: 3) }', 'InvoiceLineItemInput.unit'],
	])('%s', (further, coordinate) => {
		expect(saidOf(schemaWith(further))).toBe(
			`${coordinate} is text without a limit: give it @limit(bytes:), (line:) or (pattern:).`,
		);
	});
});
