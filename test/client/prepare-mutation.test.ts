import { parse, print, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { CustodyOfClass, SealedContent } from '../../src/client/index.ts';
import { prepareMutation } from '../../src/client/prepare-mutation.ts';
import { sealedSchema } from './sealed-sdl.ts';

const all = (): CustodyOfClass => 'FIRM';
const SECRET = 'what only the firm may know';
const sealed: SealedContent = { stamp: 'stamp', fields: [] };

interface Given {
	readonly variables?: Readonly<Record<string, unknown>>;
	readonly operationName?: string;
	readonly custody?: (name: string) => CustodyOfClass;
}

/** The mutation before it is written, and its variables afterwards. */
function prepare(text: string, { variables = {}, operationName, custody = all }: Given = {}) {
	let made = 0;
	const original = parse(text);
	const newId = () => `new-${++made}`;
	const { document, variables: sent, toSeal } = prepareMutation(original, variables, operationName, custody, newId);
	const before = print(document) + JSON.stringify(sent);
	for (const { row, write } of toSeal) write({ ...sealed, stamp: row.id });
	const flaws = validate(sealedSchema, document).map(({ message }) => message);
	return { original, document, text: print(document), sent, rows: toSeal.map(({ row }) => row), before, flaws };
}

const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';

describe('a mutation that writes content', () => {
	it('has its input in one variable, with an id and what was sealed', () => {
		const { text, sent, rows, flaws } = prepare(CREATE, { variables: { input: { title: SECRET, body: null } } });
		expect(text).toBe(
			print(
				parse(
					'mutation ($_firmseal_input_0: CreateNoteInput!) { createNote(input: $_firmseal_input_0) { note { id } } }',
				),
			),
		);
		expect(sent).toEqual({ _firmseal_input_0: { id: 'new-1', sealed: { stamp: 'new-1', fields: [] } } });
		expect(rows).toEqual([
			{
				type: 'Note',
				kind: 'CREATE',
				id: 'new-1',
				expectedRevision: null,
				values: { title: SECRET, body: null },
				thread: null,
			},
		]);
		expect(flaws).toEqual([]);
	});

	it.each([
		['a literal', `mutation { createNote(input: { id: "n", title: "${SECRET}" }) { note { id } } }`, {}],
		[
			'a variable in a literal',
			'mutation ($t: String) { createNote(input: { id: "n", title: $t }) { note { id } } }',
			{ t: SECRET },
		],
		[
			'the default of a variable',
			`mutation ($t: String = "${SECRET}") { createNote(input: { id: "n", title: $t }) { note { id } } }`,
			{},
		],
		[
			'a fragment on Mutation',
			`mutation ($i: CreateNoteInput!) { ...F } fragment F on Mutation { ... { createNote(input: $i) { note { id } } } }`,
			{ i: { id: 'n', title: SECRET } },
		],
		[
			'a field that is skipped',
			'mutation ($i: CreateNoteInput!) { createNote(input: $i) @skip(if: true) { note { id } } }',
			{ i: { id: 'n', title: SECRET } },
		],
		[
			'another operation of the document',
			`mutation A { createNote(input: { id: "n", title: "${SECRET}" }) { note { id } } }
			mutation B { createNote(input: { id: "n", title: "other ${SECRET}" }) { note { ...F } } } fragment F on Note { id }`,
			{ unused: SECRET },
		],
	])('sends nothing plain from %s', (_, text, variables) => {
		const { before, rows, flaws } = prepare(text, { variables, operationName: 'A' });
		expect(before).not.toContain(SECRET);
		expect(rows).toMatchObject([{ id: 'n', values: { title: SECRET } }]);
		expect(flaws).toEqual([]);
	});

	it('has line items with ids of their own, and what is due is the total, as with the service', () => {
		const input = {
			number: '1',
			currency: 'EUR',
			total: '2.00',
			lineItems: [{ description: 'a', quantity: '1' }, {}],
		};
		const text = 'mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } } }';
		const { rows, sent, flaws } = prepare(text, { variables: { input } });
		expect(rows.map(({ type, id, values }) => [type, id, values])).toEqual([
			['Invoice', 'new-1', { total: '2.00', amountDue: '2.00' }],
			['InvoiceLineItem', 'new-2', { description: 'a', quantity: '1' }],
			['InvoiceLineItem', 'new-3', {}],
		]);
		const stamped = (stamp: string) => ({ id: stamp, sealed: { stamp, fields: [] } });
		expect(sent).toEqual({
			_firmseal_input_0: {
				number: '1',
				currency: 'EUR',
				...stamped('new-1'),
				lineItems: [stamped('new-2'), stamped('new-3')],
			},
		});
		expect(flaws).toEqual([]);
	});

	it('seals new line items of an invoice whose own content stays', () => {
		const input = { id: 'i', expectedRevision: 3, lineItems: { description: 'one item is a list' } };
		const text = 'mutation ($input: UpdateInvoiceInput!) { updateInvoice(input: $input) { invoice { id } } }';
		const { rows, sent } = prepare(text, { variables: { input } });
		expect(rows.map(({ type, kind }) => [type, kind])).toEqual([['InvoiceLineItem', 'CREATE']]);
		expect(sent).toMatchObject({ _firmseal_input_0: { id: 'i', expectedRevision: 3, lineItems: [{ id: 'new-1' }] } });
	});

	it('names the thread of a new message', () => {
		const text = 'mutation { createMessage(input: { threadId: "t", body: "b" }) { message { id } } }';
		expect(prepare(text).rows).toMatchObject([{ type: 'Message', thread: 't' }]);
	});

	it('keeps two mutations with one variable apart', () => {
		const text = `mutation ($i: CreateNoteInput!) {
			a: createNote(input: $i) { note { id } } b: createNote(input: $i) { note { id } } a: createNote(input: $i) { note { body } }
		}`;
		const { rows, flaws, sent } = prepare(text, { variables: { i: { title: 't' } } });
		expect(rows.map(({ id }) => id)).toEqual(['new-1', 'new-2']);
		expect(Object.keys(sent)).toEqual(['_firmseal_input_0', '_firmseal_input_1']);
		expect(flaws).toEqual([]);
	});

	it('stays as it is without content, or in PLATFORM custody', () => {
		const update = 'mutation ($i: UpdateDocumentInput!) { updateDocument(input: $i) { document { id } } }';
		const i = { id: 'd', expectedRevision: 1, name: 'n', description: undefined };
		const without = prepare(update, { variables: { i } });
		expect(without.document).toBe(without.original);
		expect(without.sent).toEqual({ i });
		const custody = (): CustodyOfClass => 'PLATFORM';
		const platform = prepare(CREATE, { variables: { input: { title: SECRET } }, custody });
		expect(platform.document).toBe(platform.original);
		expect(platform.rows).toEqual([]);
	});

	it('tells a null from a value that is left out', () => {
		const text = 'mutation ($i: UpdateNoteInput!) { updateNote(input: $i) { note { id } } }';
		const { rows } = prepare(text, {
			variables: { i: { id: 'n', expectedRevision: 2, title: null, body: undefined } },
		});
		expect(rows).toMatchObject([{ kind: 'UPDATE', expectedRevision: 2, values: { title: null } }]);
		expect(Object.keys(rows[0]?.values ?? {})).toEqual(['title']);
	});

	it('is rewritten once for each document', () => {
		const document = parse(CREATE);
		const variables = { input: { title: 't' } };
		const again = () => prepareMutation(document, variables, undefined, all, () => 'n').document;
		expect(again()).toBe(again());
	});

	it.each([
		['an argument that the map does not know', { title: 't', titel: SECRET }],
		['content that is sealed already', { title: 't', sealed: {} }],
		['a list in place of an input', [{ title: SECRET }]],
		['an id that is no text', { id: 7, title: SECRET }],
	])('is refused with %s, and the message has no value', (_, input) => {
		let error: unknown;
		try {
			prepare(CREATE, { variables: { input } });
		} catch (thrown) {
			error = thrown;
		}
		expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
		expect(String(error)).not.toContain(SECRET);
		expect(String(error)).not.toContain('titel');
	});

	it('is refused with an object that would be sent as something else than it shows', () => {
		class Draft {
			readonly id = 'n';
			readonly expectedRevision = 1;
			toJSON(): object {
				return { id: this.id, title: SECRET };
			}
		}
		const update = 'mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { id } } }';
		const invoice = 'mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } } }';
		const hidden = { toJSON: () => ({ input: { id: 'n', title: SECRET } }) };
		for (const [text, variables] of [
			[update, { input: new Draft() }],
			[invoice, { input: { number: '1', lineItems: [new Draft()] } }],
			[update, hidden],
		] as const) {
			expect(() => prepare(text, { variables })).toThrow(/a plain object, without toJSON/);
		}
		expect(prepare(update, { variables: { input: new Draft() }, custody: () => 'PLATFORM' }).rows).toEqual([]);
	});

	it('is refused if it is not clear which operation is meant, or if a variable has a name of this library', () => {
		const two = `mutation A { createNote(input: {}) { note { id } } } mutation B { createNote(input: {}) { note { id } } }`;
		expect(() => prepare(two)).toThrow(/name the one to execute/);
		const own = 'mutation ($_firmseal_x: String) { createNote(input: { title: $_firmseal_x }) { note { id } } }';
		expect(() => prepare(own, { variables: { _firmseal_x: 'x' } })).toThrow(/cannot begin with/);
	});

	it('takes no value from what every object inherits', () => {
		const input = JSON.parse(`{ "title": "t", "__proto__": { "body": "inherited" } }`) as Record<string, unknown>;
		expect(() => prepare(CREATE, { variables: { input } })).toThrow(/unknown to this version/);
	});
});
