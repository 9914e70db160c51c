import { buildSchema, getIntrospectionQuery, getOperationAST, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { MAX_ROWS } from '../../../src/api/connection.ts';
import { costOf, MAX_FIELDS } from '../../../src/api/limits/cost.ts';
import { FirmsealError } from '../../../src/errors.ts';

const PAGE = 'first: Int, after: String, last: Int, before: String';
const connection = (type: string) =>
	`type ${type}Connection { nodes: [${type}!]!, edges: [${type}Edge!]!, pageInfo: PageInfo!, totalCount: Int! }
	type ${type}Edge { cursor: String!, node: ${type}! }`;
const schema = buildSchema(`
	type Query {
		invoices(${PAGE}): InvoiceConnection!
		threads(${PAGE}): ThreadConnection
		brandNew(${PAGE}): BrandNewConnection!
		node(id: ID!): Node
		always(first: Int! = 7): ThreadConnection
	}
	interface Node { id: ID! }
	type PageInfo { hasNextPage: Boolean!, hasPreviousPage: Boolean!, startCursor: String, endCursor: String }
	type User implements Node { id: ID!, name: String, email: String }
	type Line { id: ID!, text: String, quantity: String, price: String, total: String }
	type Invoice implements Node {
		id: ID!, a: String, b: String, c: String, d: String, e: String, f: String, g: String, h: String, i: String
		tags: [String!]!, author: User, lineItems: [Line!]!, matrix: [[Line]]
	}
	type Thread implements Node { id: ID!, messages(${PAGE}): MessageConnection! }
	type Message implements Node { id: ID!, author: User, thread: Thread }
	type BrandNew { id: ID! }
	${['Invoice', 'Thread', 'Message', 'BrandNew'].map(connection).join('\n')}
`);

function cost(query: string, variables: Record<string, unknown> = {}): number {
	const document = parse(query);
	expect(validate(schema, document)).toEqual([]);
	const operation = getOperationAST(document);
	if (!operation) throw new Error('no operation');
	return costOf({ schema, document, operation, variables });
}

describe('a field costs', () => {
	it.each<[what: string, cost: number, selections: string]>([
		['one', 1, '__typename'],
		['the 50 rows of a page of no stated size', 1 + 50 * 2, 'brandNew { nodes { id } }'],
		['the rows of its page', 1 + 900 * 2, 'brandNew(first: 900) { nodes { id } }'],
		['the rows of its page from the end', 1 + 900 * 2, 'brandNew(last: 900) { nodes { id } }'],
		['the rows of its page in edges', 1 + 900 * 4, 'brandNew(first: 900) { edges { cursor node { id } } }'],
		['the larger of two sizes', 1 + 900 * 2, 'brandNew(first: 1, last: 900) { nodes { id } }'],
		[
			'no less than one row',
			1 + 2 + 1 + 900 * 2,
			'n: brandNew(first: -900) { nodes { id } } brandNew(first: 900) { nodes { id } }',
		],
		['pages of pages', 1 + 100 * (1 + 1 + 50 * 2), 'threads(first: 100) { nodes { messages { nodes { id } } } }'],
		[
			'ten of a list of objects',
			1 + 100 * (1 + 1 + 10 * 2),
			'invoices(first: 100) { nodes { lineItems { id text } } }',
		],
		['ten of a list of lists', 1 + 100 * (1 + 1 + 10 * 2), 'invoices(first: 100) { nodes { matrix { id text } } }'],
		['one for a list of strings', 1 + 900 * 2, 'invoices(first: 900) { nodes { tags } }'],
		['as much if it is skipped', 1 + 900 * 2, 'brandNew(first: 900) { nodes @skip(if: true) { id } }'],
		['the size that the schema gives', 1 + 7 * 2, 'always { nodes { id } }'],
		[
			'what inline fragments hold, of every type',
			1 + 3,
			'node(id: "x") { ... on User { id name } ... on Node { id } }',
		],
	])('%s: %i', (_, expected, selections) => {
		expect(cost(`{ ${selections} }`)).toBe(expected);
		expect(cost(`{ ...F } fragment F on Query { ... { ${selections} } }`)).toBe(expected);
		expect(cost(`{ ...F ...F ...F } fragment F on Query { ${selections} }`)).toBe(3 * expected);
	});

	it('the fields of its fragments, once per row', () => {
		const query = `{ a: threads(first: 10) { ...T } b: threads(first: 20) { ...T } }
			fragment T on ThreadConnection { nodes { ...M } } fragment M on Thread { messages { nodes { id } } }`;
		expect(cost(query)).toBe(2 + 30 * (1 + 1 + 50 * 2));
	});

	it('more than could be counted one by one, if fragments double', () => {
		const doubling = Array.from({ length: 60 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`);
		expect(cost(`{ ...F0 } fragment F60 on Query { __typename } ${doubling.join(' ')}`)).toBe(2 ** 60);
	});

	it('nothing for other operations in the document', () => {
		const query = 'query A { node(id: "x") { id } } query B { threads(first: 1001) { totalCount } }';
		const document = parse(query);
		const operation = getOperationAST(document, 'A');
		expect(operation && costOf({ schema, document, operation, variables: {} })).toBe(2);
	});
});

describe('page sizes', () => {
	it.each<[query: string, variables: Record<string, unknown>]>([
		[`{ threads(first: ${MAX_ROWS + 1}) { totalCount } }`, {}],
		['query ($n: Int) { threads(first: $n) { totalCount } }', { n: 1_001 }],
		['query ($n: Int = 1001) { threads(first: $n) { totalCount } }', {}],
		['query ($n: Int = 1) { threads(last: $n) { totalCount } }', { n: 2_147_483_647 }],
		['query ($n: Int = 1) { threads { nodes { messages(first: $n) { totalCount } } } }', { n: 1_001 }],
		['query ($n: Int = 1001) { a: threads(first: $n) @include(if: false) { totalCount } }', {}],
	])('that exceed 1,000 are refused: %s %o', (query, variables) => {
		expect(() => cost(query, variables)).toThrow(
			new FirmsealError(
				'TOO_EXPENSIVE',
				'A page has at most 1,000 rows: ask for first: 1000, and continue after its endCursor.',
			),
		);
	});

	it('count as absent if null, and are refused if of the wrong type', () => {
		const query = 'query ($n: Int = 1001) { threads(first: $n) { totalCount } }';
		expect(cost(query, { n: null })).toBe(1 + 50);
		expect(() => cost(query, { n: '5000' })).toThrow('Int cannot represent');
	});

	it('cost no less for other fields if one argument has no value', () => {
		const query = 'query ($n: Int = 1) { always(first: $n) { totalCount } threads(first: 900) { totalCount } }';
		expect(cost(query, { n: null })).toBe(1 + 50 + 1 + 900);
	});
});

describe('the limit allows', () => {
	it('a page of 1,000 rows with ten fields, the author and a list', () => {
		const row = 'id a b c d e f g h i author { id name email } lineItems { id text quantity price total }';
		const page = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount';
		expect(cost(`{ invoices(first: 1000) { nodes { ${row} } ${page} } }`)).toBeLessThanOrEqual(MAX_FIELDS);
		expect(cost(`{ invoices(first: 1000) { edges { cursor node { ${row} } } ${page} } }`)).toBeLessThanOrEqual(
			MAX_FIELDS,
		);
	});

	it('the full introspection query', () => {
		const all = { descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true };
		expect(cost(getIntrospectionQuery({ ...all, inputValueDeprecation: true, oneOf: true }))).toBeLessThanOrEqual(
			MAX_FIELDS,
		);
	});
});
