import { buildSchema, execute, type GraphQLResolveInfo, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { NODES, selectedFields } from '../../../src/api/workspace/rows.ts';

const SDL = `
	interface Node { id: ID! }
	interface Titled { title: String }
	type Note implements Node & Titled { id: ID! title: String body: String author: User }
	type User implements Node { id: ID! title: String name: String note: Note }
	type Edge { cursor: String node: Note }
	type Page { nodes: [Note] edges: [Edge] totalCount: Int }
	type Query { note: Note node: Node notes: Page }
`;

/** The result of selectedFields() inside the resolver of the document's first field. */
async function selected(document: string, variables: Record<string, unknown> = {}): Promise<string[]> {
	const schema = buildSchema(SDL);
	const answers: Set<string>[] = [];
	const note = schema.getQueryType()?.getFields();
	const watch =
		(paths: readonly (readonly string[])[], type?: string) =>
		(_: unknown, __: unknown, ___: unknown, info: GraphQLResolveInfo) => {
			answers.push(selectedFields(info, paths, type));
			return null;
		};
	if (!note) throw new Error('no query');
	Object.assign(note.note ?? {}, { resolve: watch([[]]) });
	Object.assign(note.node ?? {}, { resolve: watch([[]], 'Note') });
	Object.assign(note.notes ?? {}, { resolve: watch(NODES) });
	expect(validate(schema, parse(document))).toEqual([]);
	const { errors } = await execute({ schema, document: parse(document), variableValues: variables });
	expect(errors).toBeUndefined();
	return [...(answers[0] ?? [])].sort();
}

describe('selected fields', () => {
	it.each<[document: string, fields: string[], variables?: Record<string, unknown>]>([
		['{ note { id title } }', ['id', 'title']],
		['{ note { id: title } }', ['title']],
		['{ note { a: body b: body title: id } }', ['body', 'id']],
		['{ x: note { __typename } }', ['__typename']],
		['{ note { author { title name note { body } } } }', ['author']],
		[
			'{ note { ...A } } fragment A on Note { title ...B } fragment B on Titled { ... on Note { body } }',
			['body', 'title'],
		],
		['{ note { ... { title } ... on Node { id } ... on Titled { t: title } } }', ['id', 'title']],
		['{ note { title } note { body } }', ['body', 'title']],
		['{ node { id ... on Note { title } ... on User { name } } }', ['id', 'title']],
		['{ node { ... on User { title note { body } } } }', []],
		['{ node { ... on Titled { title } } }', ['title']],
		['{ note { title @skip(if: true) body @include(if: false) id } }', ['id']],
		[
			'query ($y: Boolean!, $n: Boolean!) { note { title @skip(if: $y) body @skip(if: $n) id @include(if: $y) } }',
			['body', 'id'],
			{ y: true, n: false },
		],
		[
			'query ($y: Boolean = true) { note { ... @include(if: $y) { title } ...A @skip(if: $y) } } fragment A on Note { body }',
			['title'],
		],
		[
			'query ($y: Boolean = true) { note { ... @include(if: $y) { title } ...A @skip(if: $y) } } fragment A on Note { body }',
			['body'],
			{ y: false },
		],
		['{ notes { nodes { title } } }', ['title']],
		['{ notes { edges { cursor node { body } } } }', ['body']],
		['{ notes { n: nodes { t: title } e: edges { x: node { b: body } y: node { id } } } }', ['body', 'id', 'title']],
		[
			'{ notes { ...P } } fragment P on Page { edges { ...E } } fragment E on Edge { node { ... on Titled { title } } }',
			['title'],
		],
		['{ notes { totalCount edges { cursor } } }', []],
		['query ($n: Boolean!) { notes { nodes @include(if: $n) { title } edges { node { id } } } }', ['id'], { n: false }],
	])('%s: %s', async (document, fields, variables) => {
		expect(await selected(document, variables)).toEqual(fields);
	});
});
