import { getIntrospectionQuery } from 'graphql';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchStatements } from '../support/watch-statements.ts';
import { CREATE, makeScene, NOTE, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());

const times = (count: number, part: (n: number) => string | number) =>
	Array.from({ length: count }, (_, n) => part(n)).join(' ');
const nest = (levels: number, field: string, leaf = '__typename') =>
	`${`${field} { `.repeat(levels)}${leaf}${' }'.repeat(levels)}`;
/** Each fragment spreads the next one twice: 2^30 selections from 62 in the document. */
const doubling = (open: string, close: string) =>
	times(30, (n) => `fragment F${n} on Query { ${open}...F${n + 1}${close} ${open}...F${n + 1}${close} }`);

const LEVELS = /^The document nests deeper than 15 levels: /;
const SELECTIONS = /^The document selects more than 1,000 fields and fragments, /;
const ALIASES = /^The document has more than 100 aliases: /;
const TOKENS = /^The document has more than 2,000 tokens: /;
const ROOT = /^The document has an operation with more than 50 fields at its root: /;
const DIRECTIVES = /^The document has more than 5 directives at one place: /;
const NAMES = /^The document has a name of more than 128 characters: /;
const STEPS = /^The document repeats fields so often that comparing them takes more than 500,000 steps: /;
const FIELDS = /^The answer could have more than 100,000 fields: /;
const ROWS = /^A page has at most 1,000 rows: /;

describe.each<[name: string, limit: RegExp, query: string, variables?: Record<string, unknown>]>([
	['fields within fields', LEVELS, `{ ${nest(16, 'viewer')} }`],
	['fields within fields, as deep as the parser goes', LEVELS, `{${'a{'.repeat(660)}b${'}'.repeat(661)}`],
	['fields within fields, deeper than the parser goes', TOKENS, `{${'a{'.repeat(100_000)}b${'}'.repeat(100_001)}`],
	[
		'values within values',
		/2,000 tokens|15 levels/,
		`{ node(id: ${'['.repeat(100_000)}${']'.repeat(100_000)}) { id } }`,
	],
	['values within values, as many as the parser accepts', /2,000 tokens|15 levels/, `{ node(id: ${'['.repeat(1_999)}`],
	['fields within inline fragments', LEVELS, `{ ${nest(16, '... { viewer')}${' }'.repeat(16)} }`],
	['inline fragments within inline fragments', TOKENS, `{ viewer { ${times(6, () => nest(200, '...'))} } }`],
	['fields within named fragments', LEVELS, `{ ...F0 } fragment F30 on Query { id } ${doubling('viewer { ', ' }')}`],
	['named fragments that double', SELECTIONS, `{ ...F0 } fragment F30 on Query { __typename } ${doubling('', '')}`],
	[
		'unused named fragments that double',
		SELECTIONS,
		`{ __typename } fragment F30 on Query { __typename } ${doubling('', '')}`,
	],
	[
		'a fragment first used near the root, and again far down',
		LEVELS,
		`{ ...F ${nest(10, 'viewer', '...F')} } fragment F on Query { ${nest(6, 'viewer')} }`,
	],
	[
		'a fragment first used far down, and again near the root',
		LEVELS,
		`{ ${nest(10, 'viewer', '...F')} ...F } fragment F on Query { ${nest(6, 'viewer')} }`,
	],
	[
		'a fragment named __schema',
		SELECTIONS,
		`{ viewer { ${times(12, () => '...__schema')} } } fragment __schema on User { ${times(100, () => 'id')} }`,
	],
	['a fragment named __type that nests', LEVELS, `{ ...__type } fragment __type on Query { ${nest(16, 'viewer')} }`],
	['a fragment named __proto__', LEVELS, `{ ...__proto__ } fragment __proto__ on Query { ${nest(16, 'viewer')} }`],
	['1,000 aliases', TOKENS, `{ viewer { ${times(1_000, (n) => `a${n}: id`)} } }`],
	['101 aliases of one field', ALIASES, `{ viewer { ${times(101, (n) => `a${n}: id`)} } }`],
	['101 aliases of __typename', ALIASES, `{ viewer { ${times(101, (n) => `a${n}: __typename`)} } }`],
	[
		'aliases in a fragment that is used repeatedly',
		ALIASES,
		`{ viewer { ${times(11, () => '...F')} } } fragment F on User { ${times(10, (n) => `a${n}: id`)} }`,
	],
	[
		'aliases in many operations',
		ALIASES,
		times(11, (n) => `query Q${n} { viewer { ${times(10, (m) => `a${m}: id`)} } }`),
	],
	['a long alias over a list', NAMES, `{ notes(first: 1000) { nodes { ${'a'.repeat(400_000)}: id } } }`],
	[
		'a long name, repeated in a hundred errors',
		NAMES,
		`query ${'a'.repeat(400_000)} { viewer { ${times(100, (n) => `id @include(if: $v${n})`)} } }`,
	],
	['__typename at the root', ROOT, `{ ${times(51, () => '__typename')} }`],
	['changes in one document', ROOT, `mutation { ${times(51, (n) => `a${n}: createNote(input: {}) { note { id } }`)} }`],
	[
		'a root hidden in fragments',
		ROOT,
		`{ ${times(6, () => '... { ...F }')} } fragment F on Query { ${times(10, () => '__typename')} }`,
	],
	['@include, 500 times', DIRECTIVES, `{ viewer { id ${times(500, () => '@include')} } }`],
	['@skip, six times, on a fragment', DIRECTIVES, `{ ... ${times(6, () => '@skip(if: false)')} { __typename } }`],
	['directives on an operation', DIRECTIVES, `query ${times(6, () => '@x')} { __typename }`],
	['directives on a variable', DIRECTIVES, `query ($a: Int ${times(6, () => '@x')}) { __typename }`],
	['364 KB of inline fragments', TOKENS, `{ viewer { ${'... { id } '.repeat(33_000)} } }`],
	['comparisons of fields that share a name', STEPS, `{ ${times(20, () => `viewer { ${times(40, () => 'id')} }`)} }`],
	['a page size as a literal', ROWS, '{ notes(first: 1001) { totalCount } }'],
	['a page size as a variable', ROWS, 'query ($n: Int) { notes(first: $n) { totalCount } }', { n: 2_147_483_647 }],
	['a page size as a default value', ROWS, 'query ($n: Int = 1000000) { notes(first: $n) { totalCount } }'],
	['a page from the end', ROWS, 'query ($n: Int) { notes(last: $n) { totalCount } }', { n: 1_001 }],
	['a page in a fragment', ROWS, '{ ...F } fragment F on Query { notes(first: 1001) { totalCount } }'],
	['a page size in the second of both arguments', ROWS, '{ notes(first: 1, last: 1001) { totalCount } }'],
	[
		'rows of many fields',
		FIELDS,
		`{ notes(first: 1000) { nodes { ${times(100, (n) => (n % 2 ? 'id' : '__typename'))} } } }`,
	],
	[
		'rows of many fields, in edges and fragments',
		FIELDS,
		`{ notes(first: 1000) { ...C } } fragment C on NoteConnection { edges { node { ...N } } } fragment N on Note { ${times(100, () => 'id')} }`,
	],
	[
		'filters of the log, each of which scans 100,000 entries',
		FIELDS,
		`query ($f: AuditEntryFilter = {}) { ${times(4, (n) => `a${n}: auditEntries(first: 1, filter: $f) { totalCount }`)} }`,
	],
	['one large page many times', FIELDS, `{ ${times(34, (n) => `a${n}: notes(first: 1000) { nodes { id title } }`)} }`],
])('%s', (_, limit, query, variables) => {
	it('is TOO_EXPENSIVE: the message names the limit, nothing runs, and nothing is recorded', async () => {
		const answer = await scene.api.ask(scene.north.member, query, variables);
		expect(answer.errors).toMatchObject([
			{ message: expect.stringMatching(limit), extensions: { code: 'TOO_EXPENSIVE' } },
		]);
		expect({ status: answer.status, data: answer.data }).toEqual({ status: 400, data: undefined });
		expect(await scene.entriesOf(answer)).toEqual([]);
		expect((await fetch(`${scene.api.url}/health/live`)).status).toBe(200);
	});
});

describe('content that JSON escapes to six times its length', () => {
	it('is refused whole at 16 MiB of response, and the opened values are recorded', async () => {
		const id = await scene.write({ title: 'within', body: '\u0001'.repeat(131_072) });
		const ask = (count: number) =>
			scene.api.ask(scene.north.member, `{ note(id: "${id}") { ${times(count, (n) => `a${n}: body`)} } }`);
		const answer = await ask(22);
		expect(answer.errors).toMatchObject([
			{ message: expect.stringMatching(/longer than 16 MiB/), extensions: { code: 'TOO_EXPENSIVE' } },
		]);
		expect([answer.status, answer.data]).toEqual([400, null]);
		const [entry] = await scene.entriesOf(answer);
		expect([entry?.action, entry?.coordinates, new Set(entry?.records)]).toEqual([
			'content.open',
			['Note.body'],
			new Set([id]),
		]);
		expect((await ask(2)).data.note.a1).toHaveLength(131_072);
	});
});

describe('a mutation with a response that is too long', () => {
	it('reports that its change was made', async () => {
		const id = uuidv7();
		const { errors, data } = await scene.api.ask(
			scene.north.member,
			`mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { ${times(22, (n) => `a${n}: body`)} } } }`,
			{ input: { id, body: '\u0001'.repeat(131_072) } },
		);
		expect(data).toBeNull();
		expect(errors).toMatchObject([
			{
				message:
					"The answer would be longer than 16 MiB: ask for fewer records or fields. The mutation's changes stay: check them before you repeat it.",
				extensions: { code: 'TOO_EXPENSIVE' },
			},
		]);
		expect((await scene.api.ask(scene.north.member, `{ note(id: "${id}") { id } }`)).data.note).toEqual({ id });
	});
});

describe('a request within the limits', () => {
	it('may be the complete introspection query', async () => {
		const query = getIntrospectionQuery({
			descriptions: true,
			specifiedByUrl: true,
			directiveIsRepeatable: true,
			schemaDescription: true,
			inputValueDeprecation: true,
			oneOf: true,
		});
		const { data, errors } = await scene.api.ask(scene.north.member, query);
		expect(errors).toEqual([]);
		expect(data.__schema.queryType.name).toBe('Query');
	});

	it('may be a full page with all of a note and its author', async () => {
		const query = `{ notes(first: 1000) { nodes { id firmId revision title body createdAt updatedAt
			author { id name email role } } edges { cursor } pageInfo { hasNextPage endCursor } totalCount } }`;
		const { errors } = await scene.api.ask(scene.north.member, query);
		expect(errors).toEqual([]);
	});

	it('may have the permitted number of aliases, root fields and directives', async () => {
		const { errors, data } = await scene.api.ask(
			scene.north.member,
			`{ ${times(50, (n) => `a${n}: viewer { id @include(if: true) @skip(if: false) }`)} }`,
		);
		expect(errors).toEqual([]);
		expect(Object.keys(data)).toHaveLength(50);
	});

	it('may list the log with three filters, and without a filter in every root field', async () => {
		const { owner } = scene.north;
		const list = (n: number) => `a${n}: auditEntries(first: 1, filter: $f) { totalCount }`;
		const ask = (count: number, f: object | null) =>
			scene.api.ask(owner, `query ($f: AuditEntryFilter) { ${times(count, list)} }`, { f });
		expect((await ask(3, { decision: 'DENIED' })).errors).toEqual([]);
		const watch = watchStatements();
		try {
			expect((await ask(50, null)).errors).toEqual([]);
		} finally {
			watch.end();
		}
		// A count scans the whole log, so all root fields share one.
		expect(watch.take().filter((text) => text.includes('count('))).toHaveLength(1);
	});

	it('may nest a field in as many inline fragments as the parser accepts', async () => {
		const { errors, data } = await scene.api.ask(scene.north.member, `{ viewer { ${nest(600, '...', 'role')} } }`);
		expect([errors, data]).toEqual([[], { viewer: { role: 'MEMBER' } }]);
	});

	it('costs the same after the document was accepted with a smaller page', async () => {
		const query = 'query ($n: Int) { notes(first: $n) { nodes { id } } }';
		for (const [n, code] of [
			[1, undefined],
			[1_001, 'TOO_EXPENSIVE'],
			[1_000, undefined],
		]) {
			const { errors } = await scene.api.ask(scene.north.member, query, { n });
			expect(errors[0]?.extensions.code).toBe(code);
		}
	});

	it('is charged only for the operation that runs, not for others of the document', async () => {
		const query = `query Small { viewer { id } }
			query Large { notes(first: 1000) { nodes { ${times(100, () => 'id')} } } }`;
		const ask = async (operationName: string) => {
			const response = await fetch(`${scene.api.url}/graphql`, {
				method: 'POST',
				headers: { 'content-type': 'application/json', authorization: `Bearer ${scene.north.member}` },
				body: JSON.stringify({ query, operationName }),
			});
			return (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
		};
		expect((await ask('Small')).errors).toBeUndefined();
		expect((await ask('Large')).errors?.[0]?.extensions.code).toBe('TOO_EXPENSIVE');
		expect((await ask('Other')).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
	});

	it.each([0, -1, -2_147_483_648])('a page of %i rows is an error, and lowers no other cost', async (n) => {
		const query = `query ($n: Int) { a: notes(first: $n) { nodes { id } } b: notes(first: 1000) { nodes { ${times(100, () => 'id')} } } }`;
		const { errors } = await scene.api.ask(scene.north.member, query, { n });
		expect(errors[0]?.extensions.code).toBe('TOO_EXPENSIVE');
		const alone = await scene.api.ask(scene.north.member, 'query ($n: Int) { notes(first: $n) { nodes { id } } }', {
			n,
		});
		expect(alone.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
	});

	it('a page size of null counts as an omitted one', async () => {
		const { errors, data } = await scene.api.ask(
			scene.north.member,
			'query ($n: Int) { notes(first: $n) { totalCount } }',
			{ n: null },
		);
		expect([errors, data]).toEqual([[], { notes: { totalCount: expect.any(Number) } }]);
	});

	it('a fragment that includes itself is an error in the document', async () => {
		const { errors } = await scene.api.ask(
			scene.north.member,
			'{ ...A } fragment A on Query { viewer { id } ...B } fragment B on Query { ...A }',
		);
		expect(errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
	});

	it('a note is still written and read', async () => {
		const { data } = await scene.api.ask(scene.north.member, CREATE, { input: { title: 'kept' } });
		const { id } = data.createNote.note;
		expect((await scene.api.ask(scene.north.member, NOTE, { id })).data.note.title).toBe('kept');
	});
});
