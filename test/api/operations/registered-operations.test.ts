import { createHash } from 'node:crypto';
import fs from 'node:fs';
import {
	type FieldNode,
	type GraphQLObjectType,
	GraphQLSchema,
	getNamedType,
	Lexer,
	type OperationDefinitionNode,
	parse,
	Source,
	TokenKind,
	TypeInfo,
	visit,
	visitWithTypeInfo,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { type Operation, RIGHTS } from '../../../src/access/index.ts';
import { createSchema, registerOperations } from '../../../src/api/index.ts';
import { costOf, MAX_FIELDS } from '../../../src/api/limits/cost.ts';
import { readOperationFiles } from '../../../src/api/operations/operation-files.ts';
import { SetupError } from '../../../src/errors.ts';
import { failWith } from '../../support/failing-calls.ts';

const { schema, registry } = createSchema();
const CONTENT: ReadonlySet<string> = new Set(registry.fields.map(({ coordinate }) => coordinate));
const files = readOperationFiles();
const operations = registerOperations(schema, files);
const textOf = (name: string) => files.find((file) => file.name === name)?.text.trim() ?? '';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const byHash = (sha256Hash: unknown, version: unknown = 1) => ({
	extensions: { persistedQuery: { version, sha256Hash } },
});

const NOTE = textOf('note-content.graphql');

describe('a request finds a registered operation', () => {
	it.each(files.map(({ name, text }) => [name, text.trim()] as const))('by its text and by its hash: %s', (_, text) => {
		expect(operations.find({ query: text })).toBe(text);
		expect(operations.find(byHash(hashOf(text)))).toBe(text);
	});

	it.each<[what: string, query: string]>([
		['space around it', `\n\n${NOTE}\r\n`],
		['other line endings', NOTE.replaceAll('\n', '\r\n')],
		['other indentation', NOTE.replaceAll('\t', '    ')],
		['all on one line', NOTE.split('\n').slice(1).join(' ').replaceAll('\t', '')],
		['no comment', NOTE.split('\n').slice(1).join('\n')],
		['another comment', `# { notes { nodes { body } } }\n${NOTE}`],
		['commas, which GraphQL ignores', NOTE.replace('id\n', 'id,,\n')],
		['a byte order mark', `\u{feff}${NOTE}`],
	])('with %s, and runs the registered text', (_, query) => {
		expect(operations.find({ query })).toBe(NOTE);
	});

	it('with extensions that concern no operation', () => {
		expect(operations.find({ query: NOTE, extensions: { clientLibrary: { name: 'x' } } })).toBe(NOTE);
	});
});

describe('a request finds no operation', () => {
	it.each<[what: string, query: string]>([
		['an alias', NOTE.replace('title', 'title: body')],
		['an alias of its own name', NOTE.replace('\ttitle', '\ttitle: title')],
		['one more field', NOTE.replace('title', 'title comments { nodes { text } }')],
		['one field less', NOTE.replace('\ttitle\n', '')],
		['fields in another order', NOTE.replace('title\n\t\tbody', 'body\n\t\ttitle')],
		['a repeated field', NOTE.replace('title', 'title title')],
		['another operation after it', `${NOTE}\nquery Other { viewer { id } }`],
		['the operation twice', `${NOTE}\n${NOTE}`],
		['a fragment after it', `${NOTE}\nfragment F on Note { id }`],
		['a fragment that spreads its fields', NOTE.replace('title', '... on Note { title }')],
		['a directive', NOTE.replace('title', 'title @include(if: true)')],
		['a default for its variable', NOTE.replace('ID!', 'ID = "x"')],
		['a literal for its variable', NOTE.replace('id: $id', 'id: "x"')],
		['another name', NOTE.replace('NoteContent', 'NoteContents')],
		['no name', NOTE.replace('query NoteContent', 'query ')],
		['a letter in another case', NOTE.replace('title', 'Title')],
		['a comment that swallows a field', NOTE.replace('\ttitle', '\t#title')],
		['a comment that swallows its end', NOTE.replace(/\}$/, '#}')],
		['an unterminated string', `${NOTE}"`],
		['an empty text', ''],
		['white space', ' \n'],
		['a comment', '# nothing'],
		['introspection', '{ __schema { types { name } } }'],
		['its hash as the text', hashOf(NOTE)],
		['too much white space', NOTE.replace('title', `${' '.repeat(1_000_000)}title`)],
		['a name that every object inherits', 'constructor'],
	])('with the changed text: %s', (_, query) => {
		expect(operations.find({ query })).toBeNull();
	});

	it('with any single token missing', () => {
		for (const { text } of files) {
			const lexer = new Lexer(new Source(text));
			for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance())
				expect(operations.find({ query: text.slice(0, token.start) + text.slice(token.end) })).toBeNull();
		}
	});

	const known = hashOf(NOTE);
	it.each<[what: string, request: Parameters<typeof operations.find>[0]]>([
		['nothing', {}],
		['an unknown hash', byHash('a'.repeat(64))],
		['a hash in capitals', byHash(known.toUpperCase())],
		['a part of a hash', byHash(known.slice(0, 63))],
		['a hash with space around it', byHash(` ${known}`)],
		['the hash of the text without its comment', byHash(hashOf(NOTE.split('\n').slice(1).join('\n')))],
		['a list of hashes', byHash([known])],
		['no hash', byHash(undefined)],
		['an empty hash', byHash('')],
		['another version', byHash(known, 2)],
		['a version as text', byHash(known, '1')],
		['a hash that is no persisted query', { extensions: { persistedQuery: known } }],
		['a persisted query that is null', { extensions: { persistedQuery: null as never } }],
		['a text and its hash', { query: NOTE, ...byHash(known) }],
		['a text and the hash of another', { query: NOTE, ...byHash(hashOf(textOf('viewer.graphql'))) }],
		['another text and the hash', { query: '{ viewer { id } }', ...byHash(known) }],
	])('with the parameters: %s', (_, request) => {
		expect(operations.find(request)).toBeNull();
	});
});

describe('the registered operations', () => {
	const definitions = files.map(
		({ name, text }) => [name, text, parse(text).definitions[0] as OperationDefinitionNode] as const,
	);
	const PLATFORM = ['OPERATOR', 'APPROVER', 'AUDITOR'] as const;

	it.each(definitions)('include %s, which someone of the platform may call', (_name, _text, { selectionSet }) => {
		for (const field of selectionSet.selections) {
			const right = RIGHTS[(field as FieldNode).name.value as Operation] as Readonly<Record<string, string>>;
			expect(PLATFORM.filter((role) => right[role])).not.toEqual([]);
		}
	});

	it.each(definitions)('include %s, whose comment says if it needs a lease', (_name, text) => {
		expect(text.startsWith('# Inside a lease: ')).toBe(coordinatesIn(text).some((each) => CONTENT.has(each)));
	});

	it('reach every encrypted field', () => {
		const reached = new Set(files.flatMap(({ text }) => coordinatesIn(text)));
		const unreached = [...CONTENT].filter((coordinate) => !reached.has(coordinate));
		expect(unreached, 'add it to the operation of its record in schema/operations/operator/').toEqual([]);
	});

	it('change only leases, acknowledge alerts, approve jobs, and end the own sessions', () => {
		const mutations = definitions.filter(([, , { operation }]) => operation === 'mutation');
		const called = mutations.flatMap(([, , { selectionSet }]) => selectionSet.selections);
		const others = called
			.map((field) => (field as FieldNode).name.value)
			.filter((name) => !name.endsWith('BreakGlass'));
		expect(mutations).toHaveLength(11);
		expect(others).toEqual(['acknowledgeAlert', 'approveJob', 'signOutEverywhere']);
	});

	it('cover everything of a lease that the platform may call', () => {
		const called = new Set(files.flatMap(({ text }) => coordinatesIn(text)));
		const all = (['Query', 'Mutation'] as const).flatMap((type) =>
			Object.keys((schema.getType(type) as GraphQLObjectType).getFields()).map((name) => `${type}.${name}`),
		);
		expect(all.filter((each) => /breakGlass/i.test(each) && !called.has(each))).toEqual([]);
		for (const type of ['BreakGlassLease', 'LeaseApproval', 'LeaseEvent', 'LeaseOpening'])
			for (const name of Object.keys((schema.getType(type) as GraphQLObjectType).getFields()))
				expect(called).toContain(`${type}.${name}`);
	});

	const paged = definitions.filter(([, , { variableDefinitions = [] }]) =>
		variableDefinitions.some(({ variable }) => variable.name.value === 'first'),
	);
	it.each(paged)('include %s, which stays within the limits with the largest page', (_name, text, operation) => {
		const required = Object.fromEntries(
			(operation.variableDefinitions ?? []).map(({ variable }) => [variable.name.value, null]),
		);
		const variables = { ...withIds(required), first: 1_000 };
		const document = parse(text);
		expect(costOf({ schema, document, operation, variables })).toBeLessThanOrEqual(MAX_FIELDS);
	});

	/** Every field that an operation and its fragments select, as Type.field. */
	function coordinatesIn(text: string): string[] {
		const info = new TypeInfo(schema);
		const found: string[] = [];
		visit(
			parse(text),
			visitWithTypeInfo(info, {
				Field: ({ name }) => void found.push(`${getNamedType(info.getParentType())?.name}.${name.value}`),
			}),
		);
		return found;
	}
});

const withIds = (variables: Readonly<Record<string, unknown>>) =>
	Object.fromEntries(
		Object.keys(variables)
			.filter((name) => /(^i|I)d$/.test(name))
			.map((name) => [name, '01a20e60-0000-7000-8000-000000000001']),
	);

describe('registered files at start-up', () => {
	const startWith = (name: string, text: string) => {
		try {
			registerOperations(schema, [...files, { name, text }]);
		} catch (error) {
			expect(error).toBeInstanceOf(SetupError);
			return (error as SetupError).message;
		}
		return 'started';
	};
	const FILE = 'schema/operations/operator/mine.graphql';

	it.each([
		['# Mine.\nquery Mine { viewer { id } }', 'started'],
		['query Mine { viewer { id } }', `${FILE} does not say what it is for: begin it with a # comment.`],
		['', `${FILE} does not say what it is for: begin it with a # comment.`],
		['# Mine.\nquery Mine { viewer { id }', `${FILE} is not a GraphQL document: fix its syntax.`],
		['# Mine.', `${FILE} is not a GraphQL document: fix its syntax.`],
		...['{ viewer { id } }', 'query Mine { viewer { id } } query Other { viewer { id } }', 'type Mine { id: ID }'].map(
			(text) => [
				`# Mine.\n${text}`,
				`${FILE} must hold exactly one operation, with a name, and nothing else: give each a file of its own.`,
			],
		),
		['# Mine.\nquery NotMine { viewer { id } }', `${FILE} holds NotMine: rename the file to not-mine.graphql.`],
		[
			'# Mine.\nquery Mine { viewer { shoeSize } }',
			`${FILE} does not fit the schema: Cannot query field "shoeSize" on type "User": change it or remove it.`,
		],
		[
			'# Mine.\nquery Mine { __type(name: "Note") { name } }',
			`${FILE} does not fit the schema: GraphQL introspection has been disabled, but the requested query contained the field "__type": change it or remove it.`,
		],
		[
			'# Mine.\nsubscription Mine { notes { id } }',
			`${FILE} does not fit the schema: This API has no subscription operations: use a query: change it or remove it.`,
		],
	])('are accepted or refused: %j', (text, said) => {
		expect(startWith('mine.graphql', text)).toBe(said);
	});

	it('stop the start if their folder cannot be read', () => {
		failWith(fs, 'readdirSync', 'ENOENT');
		const sentence = "schema/operations/operator/ is missing or can't be read: restore it from version control.";
		expect(readOperationFiles).toThrow(new SetupError(sentence));
	});

	it('are each reported if they are invalid', () => {
		const wrong = ['a', 'b'].map((name) => ({ name: `${name}.graphql`, text: '' }));
		expect(() => registerOperations(schema, wrong)).toThrow(/^.*\/a\.graphql .*\n.*\/b\.graphql .*$/);
	});

	it('stop the start if they select what the schema no longer has', () => {
		const without = new GraphQLSchema({ query: schema.getType('PageInfo') as GraphQLObjectType });
		expect(() => registerOperations(without, files)).toThrow(
			/^schema\/operations\/operator\/acknowledge-alert\.graphql does not fit the schema: .*\n/,
		);
	});
});
