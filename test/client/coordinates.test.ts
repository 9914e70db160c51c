import { getNamedType, isInputObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import lock from '../../drizzle/sealed.lock.json' with { type: 'json' };
import { CONTENT_INPUTS, CONTENT_MUTATIONS } from '../../src/client/content-inputs.generated.ts';
import { QUERIES_BY_ID } from '../../src/client/coordinates.generated.ts';
import { CONTENT_TYPES } from '../../src/client/index.ts';
import { sealedSchema } from './sealed-sdl.ts';

const bound = lock as Record<string, { table: string; column: string; class: string }>;

describe("the client library's map of the schema", () => {
	it('binds each content field as the lock does', () => {
		const mapped = Object.entries(CONTENT_TYPES).flatMap(([type, { table, class: contentClass, fields }]) =>
			Object.entries(fields).map(([field, { column }]) => [`${type}.${field}`, { table, column, class: contentClass }]),
		);
		expect(Object.fromEntries(mapped)).toEqual(bound);
	});

	it('has an input for each field that the service does not make itself', () => {
		const written = Object.values(CONTENT_INPUTS).flatMap(({ type, kind, content }) =>
			kind === 'CREATE' ? content.map((field) => `${type}.${field}`) : [],
		);
		const made = Object.entries(CONTENT_TYPES).flatMap(([type, { fields }]) =>
			Object.entries(fields).flatMap(([field, { isServerMade }]) => (isServerMade ? [`${type}.${field}`] : [])),
		);
		expect([...written, ...made].sort()).toEqual(Object.keys(bound).sort());
		expect(made.map((coordinate) => coordinate.split('.')[1]).sort()).toEqual(
			['bucket', 'bucket', 'objectKey', 'objectKey', 'sha256', 'sha256'].sort(),
		);
	});

	it('has every mutation whose input has an argument with the name of a content field', () => {
		const fields = Object.values(sealedSchema.getMutationType()?.getFields() ?? {});
		const writing = fields.flatMap(({ name, args }) => {
			const inputs = args.map(({ type }) => getNamedType(type)).filter(isInputObjectType);
			const names = inputs.flatMap((input) => Object.keys(input.getFields()));
			return names.includes('sealed') ? [name] : [];
		});
		expect(writing.sort()).toEqual(Object.keys(CONTENT_MUTATIONS).sort());
		expect(CONTENT_INPUTS.CreateInvoiceInput).toMatchObject({
			lists: { lineItems: 'InvoiceLineItemInput' },
			copies: { amountDue: 'total' },
		});
		expect(CONTENT_INPUTS.CreateMessageInput?.thread).toBe('threadId');
	});

	it('knows the queries that name one record', () => {
		expect(QUERIES_BY_ID).toEqual(['document', 'invoice', 'message', 'node', 'note', 'timeEntry']);
	});
});
