import { readdirSync, readFileSync } from 'node:fs';
import { type DocumentNode, Kind, parse, print, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { CustodyOfClass } from '../../src/client/index.ts';
import { prepareQuery } from '../../src/client/prepare-query.ts';
import { MarkerApi, plainValue } from './marker-api.ts';
import { markerOpener } from './marker-opener.ts';
import { ask } from './round-trip.ts';
import { sealedSchema } from './sealed-sdl.ts';

const FIRM_CUSTODY = { DOCUMENT: 'FIRM', COMMUNICATION: 'FIRM', BILLING: 'FIRM', NOTE: 'FIRM' } as const;
const all = (): CustodyOfClass => 'FIRM';
const notesOnly = (name: string): CustodyOfClass => (name === 'NOTE' ? 'FIRM' : 'PLATFORM');
const printed = (text: string, custody = all) => print(prepareQuery(parse(text), custody).document);
const ID = '018f0000-0000-7000-8000-000000000001';

const FOLDER = new URL('../../schema/operations/workspace/', import.meta.url);
const textsOf = (folder: URL) =>
	readdirSync(folder)
		.filter((name) => name.endsWith('.graphql'))
		.map((name) => readFileSync(new URL(name, folder), 'utf8'));
const pages = [...textsOf(FOLDER), ...textsOf(new URL('fragments/', FOLDER))].join('\n');
const clients = readFileSync(new URL('../clients/operations.graphql', import.meta.url), 'utf8');

/** One document for each operation, with the fragments that it uses. */
function operationsOf(text: string): DocumentNode[] {
	const { definitions } = parse(text);
	const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
	return definitions
		.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
		.map((operation) => ({ kind: Kind.DOCUMENT, definitions: [operation, ...fragments] }));
}
const flawsOf = (document: DocumentNode) =>
	validate(sealedSchema, document)
		.map(({ message }) => message)
		.filter((message) => !message.endsWith('is never used.'));

describe('a document that is prepared', () => {
	it('is valid for every operation of the pages and of the tests of clients', () => {
		const documents = [...operationsOf(pages), ...operationsOf(clients)];
		expect(documents.length).toBeGreaterThan(80);
		for (const document of documents) expect(flawsOf(prepareQuery(document, all).document)).toEqual([]);
	});

	it('selects each sealed value by itself, so that fragments merge', () => {
		const text = '{ note(id: "n") { ...A ... on Note { t: title } } } fragment A on Note { title body }';
		expect(printed(text)).toBe(
			print(
				parse(`{
			note(id: "n") {
				...A
				... on Note {
					t: title
					_firmseal_id: id
					_firmseal_firm: firmId
					_firmseal_field_title: sealedFields(names: ["title"]) { name envelope stamp }
				}
			}
		}
		fragment A on Note {
			title
			body
			_firmseal_id: id
			_firmseal_firm: firmId
			_firmseal_field_title: sealedFields(names: ["title"]) { name envelope stamp }
			_firmseal_field_body: sealedFields(names: ["body"]) { name envelope stamp }
		}`),
			),
		);
		expect(flawsOf(parse(printed(text)))).toEqual([]);
	});

	it('selects the thread of a message, and the type where the schema leaves it open', () => {
		const text = '{ node(id: "n") { ... on Message { body } ... on Note { body } } }';
		expect(printed(text)).toContain('_firmseal_thread: thread {\n        id\n      }');
		expect(printed(text)).toContain('_firmseal_type: __typename');
		expect(flawsOf(parse(printed(text)))).toEqual([]);
	});

	it('gives what it adds the conditions of the field that needs it', () => {
		const text = 'query ($a: Boolean!) { note(id: "n") { title @include(if: $a) other: title @skip(if: true) } }';
		expect(printed(text)).toContain('_firmseal_id: id @include(if: $a)');
		expect(printed(text)).toContain('_firmseal_id: id @skip(if: true)');
		const always = printed('query ($a: Boolean!) { note(id: "n") { title @include(if: $a) body } }');
		expect(always).toContain('_firmseal_id: id\n');
		expect(always).not.toContain('_firmseal_id: id @include');
		expect(flawsOf(parse(printed(text)))).toEqual([]);
	});

	it('is the same object if it has nothing to open', () => {
		for (const text of ['{ viewer { id } }', '{ notes { nodes { id comments { nodes { id } } } } }']) {
			const document = parse(text);
			expect(prepareQuery(document, all).document).toBe(document);
		}
		const invoice = parse('{ invoice(id: "i") { memo } }');
		expect(prepareQuery(invoice, notesOnly).document).toBe(invoice);
		expect(prepareQuery(invoice, all).document).not.toBe(invoice);
	});

	it('is made once for each document and custody', () => {
		const document = parse('{ note(id: "n") { title } }');
		const first = prepareQuery(document, all);
		expect(prepareQuery(document, all)).toBe(first);
		expect(prepareQuery(document, notesOnly)).not.toBe(first);
	});

	it('does not point to the text of the application, which urql would send', () => {
		const { document } = prepareQuery(parse('{ note(id: "n") { title } }'), all);
		expect([document.loc, ...document.definitions.map(({ loc }) => loc)]).toEqual([undefined, undefined]);
	});

	it.each([
		'{ note(id: "n") { _firmseal_id: title } }',
		'{ note(id: "n") { __proto__: title } }',
		'{ _firmseal_note: note(id: "n") { title } }',
		'{ note(id: "n") { ... @defer { title } } }',
	])('is refused if this library could not read its answer: %s', (text) => {
		expect(() => prepareQuery(parse(text), all)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
	});

	it('survives types and fields that every object of JavaScript has', () => {
		const text = '{ constructor { toString } node(id: "n") { ... on constructor { valueOf } } }';
		const added = text.replace('} } }', '} _firmseal_type: __typename } }');
		expect(printed(text)).toBe(print(parse(added)));
	});
});

describe('the answer to a prepared document', () => {
	const ofAll = () => ({ service: new MarkerApi(FIRM_CUSTODY), opener: markerOpener(FIRM_CUSTODY) });
	const value = (type: string, field: string, id = ID) => plainValue(type, field, id);

	it('has the values at every response key, and nothing that was added', async () => {
		const { service, opener } = ofAll();
		const text = `query N($id: ID!) { a: note(id: $id) { ...F b: body title } } fragment F on Note { x: title title }`;
		const { data, added, extensions } = await ask(service, opener, parse(text), { variables: { id: ID } });
		expect(added).toEqual([]);
		expect(extensions).toBeUndefined();
		expect(data).toEqual({
			a: { x: value('Note', 'title'), title: value('Note', 'title'), b: value('Note', 'body') },
		});
		expect(opener.opened).toEqual([
			[expect.objectContaining({ type: 'Note', id: ID, requestedId: ID, thread: null, path: ['a'] })],
		]);
	});

	it('of one operation among several, is read as that operation', async () => {
		const { service, opener } = ofAll();
		const document = parse(
			'query A { note(id: "x") { t: title } } query B($id: ID = "y") { t: note(id: $id) { body } }',
		);
		const { data } = await ask(service, opener, document, { operationName: 'B' });
		expect(data).toEqual({ t: { body: value('Note', 'body', 'y') } });
	});

	it('leaves out what is skipped', async () => {
		const { service, opener } = ofAll();
		const text = '{ note(id: "n") { title @skip(if: true) body @include(if: true) } }';
		expect((await ask(service, opener, parse(text))).data).toEqual({ note: { body: value('Note', 'body', 'n') } });
	});

	it('asks for the record that a mutation has written', async () => {
		const { service, opener } = ofAll();
		const text = 'mutation { updateNote(input: { id: "n", expectedRevision: 1 }) { note { title } } }';
		const { collected } = await ask(service, opener, parse(text));
		expect(collected.records).toMatchObject([{ path: ['updateNote', 'note'], requestedId: 'n' }]);
	});

	it('keeps other reasons of withheld content and drops those of what was opened', async () => {
		const { service, opener } = ofAll();
		const other = { coordinate: 'Note.body', reason: 'NO_RIGHT', count: 1 };
		const tamper: NonNullable<Parameters<typeof ask>[3]>['tamper'] = (answer) => ({
			...answer,
			extensions: { kept: 1, unverified: ['forged'], sealed: [...((answer.extensions?.sealed as []) ?? []), other] },
		});
		const { extensions } = await ask(service, opener, parse('{ note(id: "n2") { title body } }'), { tamper });
		expect(extensions).toEqual({ kept: 1, sealed: [other] });
	});

	it('in MOVING and BACK custody, passes on what the service opened and says so', async () => {
		for (const custody of ['MOVING', 'BACK'] as const) {
			const service = new MarkerApi({ NOTE: custody });
			service.isMoved = (id) => id === 'moved';
			const text = '{ a: note(id: "moved") { title } b: note(id: "left") { title } }';
			const { data, added, extensions } = await ask(service, markerOpener({ NOTE: custody }), parse(text));
			expect(added).toEqual([]);
			expect(data).toEqual({
				a: { title: value('Note', 'title', 'moved') },
				b: { title: value('Note', 'title', 'left') },
			});
			expect(extensions).toEqual({ unverified: ['Note.title'] });
		}
	});
});
