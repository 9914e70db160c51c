import { beforeEach, describe, expect, it } from 'vitest';
import { ask, buildSchema, directiveWith, RecordingContent, seal, WORKSPACE } from './workspace.ts';

const MARKER = 'marker-of-content';
const note = (id: string) => ({
	__typename: 'Note',
	id,
	firmId: 'f1',
	title: seal(`${MARKER} title`),
	body: seal(`${MARKER} body`),
	tags: seal([`${MARKER} a`, `${MARKER} b`]),
	memos: [{ __typename: 'Memo', id: 'm1', firmId: 'f1', title: seal(`${MARKER} memo`), mood: seal('GOOD') }],
});
const firm = { __typename: 'Firm', id: 'f1', name: 'Northgate' };

let content: RecordingContent;
let schema: ReturnType<typeof buildSchema>;
beforeEach(() => {
	content = new RecordingContent();
	const connection = () => ({ nodes: [note('n1')], edges: [{ cursor: 'c', node: note('n1') }], totalCount: 1 });
	const Query = {
		node: () => note('n1'),
		notes: connection,
		matrix: () => [[note('n1')], null, [null, note('n2')]],
		everything: () => [note('n1'), note('n1').memos[0], firm],
		titled: () => [note('n1'), note('n1').memos[0]],
	};
	schema = directiveWith(content).transformer(buildSchema(WORKSPACE, { Query }));
});

/** Queries for content that have been used to bypass a check by name, alias or fragment. */
const PATHS: Readonly<Record<string, readonly [query: string, asked: readonly string[]]>> = {
	'an alias that is the name of metadata': ['{ node(id: 1) { ... on Note { id: title } } }', ['Note.title']],
	'an alias that is the name of another field, both ways': [
		'{ node(id: 1) { ... on Note { title: body body: title sentAt: title } } }',
		['Note.body', 'Note.title', 'Note.title'],
	],
	'an alias __typename': ['{ node(id: 1) { ... on Note { __typename: title } } }', ['Note.title']],
	'many aliases': [
		'{ node(id: 1) { ... on Note { a: title b: title c: title } } }',
		['Note.title', 'Note.title', 'Note.title'],
	],
	'an alias of the parent': ['{ Firm: node(id: 1) { ... on Note { name: title } } }', ['Note.title']],
	'an inline fragment on the interface': ['{ node(id: 1) { ... on Titled { title } } }', ['Note.title']],
	'a named fragment': ['{ node(id: 1) { ...F } } fragment F on Note { title }', ['Note.title']],
	'nested fragments': [
		'{ node(id: 1) { ...F } } fragment F on Node { ... on Note { ...G } } fragment G on Titled { ... { id: title } }',
		['Note.title'],
	],
	'a fragment named like introspection': [
		'{ node(id: 1) { ...__schema } } fragment __schema on Note { title }',
		['Note.title'],
	],
	'an untyped fragment with @include': [
		'{ node(id: 1) { ... on Note { ... @include(if: true) { title @skip(if: false) } } } }',
		['Note.title'],
	],
	'the same field through two fragments': [
		'{ node(id: 1) { ... on Note { title } ...F } } fragment F on Titled { title }',
		['Note.title'],
	],
	'a union': [
		'{ everything { __typename ... on Note { body } ... on Memo { title } ... on Firm { name } } }',
		['Note.body', 'Memo.title'],
	],
	'an interface in a union': ['{ everything { ... on Titled { id: title } } }', ['Note.title', 'Memo.title']],
	'a list of an interface': ['{ titled { t: title } }', ['Note.title', 'Memo.title']],
	'a connection': ['{ notes { nodes { title } edges { cursor: node { id: body } } } }', ['Note.title', 'Note.body']],
	'a relation of a relation': ['{ node(id: 1) { ... on Note { memos { id: title } } } }', ['Memo.title']],
	'a list of content': ['{ node(id: 1) { ... on Note { id: tags } } }', ['Note.tags']],
	'a list of lists': ['{ matrix { id: title } }', ['Note.title', 'Note.title']],
	'an enum': ['{ titled { ... on Memo { __typename: mood } } }', ['Memo.mood']],
};

describe('every path to content goes through the wrapper', () => {
	it.each(Object.entries(PATHS))('%s', async (_name, [query, asked]) => {
		const opened = await ask(schema, query);
		expect(opened.errors).toBeUndefined();
		expect(JSON.stringify(opened.data)).toMatch(/marker-of-content|GOOD/);
		expect(content.asked.map(({ coordinate }) => coordinate).sort()).toEqual([...asked].sort());

		content.asked.length = 0;
		const denied = await ask(schema, query, 'DENIED');
		expect(denied.errors).toBeUndefined();
		expect(JSON.stringify(denied)).not.toMatch(/marker-of-content|GOOD/);
		expect(content.asked.map(({ coordinate, access }) => [coordinate, access])).toEqual(
			content.asked.map(({ coordinate }) => [coordinate, 'DENIED']),
		);
		expect(content.asked.map(({ coordinate }) => coordinate).sort()).toEqual([...asked].sort());
	});

	it('requests no field that @skip or @include leaves out', async () => {
		const query = '{ node(id: 1) { ... on Note { id title @skip(if: true) ... @include(if: false) { body } } } }';
		expect((await ask(schema, query)).data).toEqual({ node: { id: 'n1' } });
		expect(content.asked).toEqual([]);
	});

	it('requests no content if only metadata and type names are selected', async () => {
		const query = '{ node(id: 1) { __typename title: id ... on Note { body: firmId } } }';
		expect((await ask(schema, query)).data).toEqual({ node: { __typename: 'Note', title: 'n1', body: 'f1' } });
		expect(content.asked).toEqual([]);
	});

	it('keeps each value at its position in lists', async () => {
		const { data } = await ask(schema, '{ matrix { id tags } }');
		const tags = [`${MARKER} a`, `${MARKER} b`];
		expect(data.matrix).toEqual([[{ id: 'n1', tags }], null, [null, { id: 'n2', tags }]]);
		expect(content.asked.map(({ row }) => row)).toEqual(['f1/n1', 'f1/n2']);
	});
});
