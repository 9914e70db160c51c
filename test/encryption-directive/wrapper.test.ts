import type { IResolvers } from '@graphql-tools/utils';
import { executeSync, type GraphQLObjectType, type GraphQLResolveInfo, parse } from 'graphql';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Content, ContentSession as ContentAccess } from '../../src/content/index.ts';
import type { ValueOpener } from '../../src/encryption-directive/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import { type Access, ask, buildSchema, directiveWith, RecordingContent, seal, WORKSPACE } from './workspace.ts';

const NOTE = { id: 'n1', firmId: 'f1' };

function served(row: object, content: ValueOpener<Access> = new RecordingContent(), more: IResolvers = {}) {
	const resolvers = { Query: { node: () => ({ __typename: 'Note', ...NOTE, ...row }) }, ...more };
	return directiveWith(content).transformer(buildSchema(WORKSPACE, resolvers));
}
const query = (field: string) => `{ node(id: "n1") { ... on Note { ${field} } } }`;

describe('the wrapper', () => {
	it('works with the functions of content/ directly', () => {
		expectTypeOf<Content>().toExtend<ValueOpener<ContentAccess>>();
	});

	it('opens the property with the name of the field, for the row and the session of the request', async () => {
		const content = new RecordingContent();
		const { data } = await ask(served({ title: seal('Hello') }, content), query('title'));
		expect(data.node).toEqual({ title: 'Hello' });
		expect(content.asked).toEqual([{ coordinate: 'Note.title', row: 'f1/n1', access: 'MAY_READ', stored: true }]);
	});

	it('opens what the field’s resolver returns, called with its own arguments', async () => {
		const title = ({ heading }: { heading: Uint8Array }, _args: object, access: Access) =>
			access === 'MAY_READ' && heading;
		const schema = served({ heading: seal('Hello') }, new RecordingContent(), { Note: { title } });
		expect((await ask(schema, query('title'))).data.node).toEqual({ title: 'Hello' });
	});

	it('opens what a resolver’s promise resolves to', async () => {
		const schema = served({}, new RecordingContent(), { Note: { title: async () => seal('Later') } });
		expect((await ask(schema, query('title'))).data.node).toEqual({ title: 'Later' });
	});

	it('waits for content whose key is loading', async () => {
		const content: ValueOpener<Access> = { openValue: async () => 'fetched' };
		expect((await ask(served({ title: seal('x') }, content), query('title'))).data.node).toEqual({ title: 'fetched' });
	});

	it('returns no promise if content returns none', () => {
		const schema = served({ title: seal('Hello'), body: seal('World'), tags: seal(['a']) });
		const document = parse(query('title body tags'));
		expect(executeSync({ schema, document, contextValue: 'MAY_READ' }).data).toMatchObject({
			node: { title: 'Hello', body: 'World', tags: ['a'] },
		});
	});

	it('calls content for a null or unselected value, so that it is recorded', async () => {
		const content = new RecordingContent();
		const { data, errors } = await ask(served({ title: null }, content), query('title body'), 'DENIED');
		expect([data.node, errors]).toEqual([{ title: null, body: null }, undefined]);
		expect(content.asked.map(({ coordinate, access, stored }) => [coordinate, access, stored])).toEqual([
			['Note.title', 'DENIED', false],
			['Note.body', 'DENIED', false],
		]);
	});

	it('answers null to a denied caller even if the row holds a value', async () => {
		expect((await ask(served({ title: seal('Hello') }), query('title'), 'DENIED')).data.node).toEqual({ title: null });
	});

	it('returns exactly what content returns, falsy values included', async () => {
		for (const value of ['', '0']) {
			expect(
				(await ask(served({ title: seal('x') }, { openValue: () => value }), query('title'))).data.node.title,
			).toBe(value);
		}
	});
});

describe('plaintext left in a column', () => {
	const PLAIN = 'plain-text-marker';
	const leftovers: readonly (readonly [string, unknown])[] = [
		['text', PLAIN],
		['the empty string', ''],
		['a number', 0],
		['false', false],
		['an object', { text: PLAIN }],
		['an array', [PLAIN]],
		['bytes under another type', new TextEncoder().encode(PLAIN).buffer],
		['text of a resolver', () => PLAIN],
	];

	it.each(leftovers)('is refused, neither returned nor passed on: %s', async (_name, left) => {
		const content = new RecordingContent();
		const resolvers = {
			Note: { title: (row: { title: unknown }) => (typeof row.title === 'function' ? row.title() : row.title) },
		};
		for (const schema of [
			served({ title: left }, content, resolvers),
			...(left instanceof Function ? [] : [served({ title: left }, content)]),
		]) {
			const result = await ask(schema, query('title id'));
			expect(result.data.node).toEqual({ title: null, id: 'n1' });
			expect(result.errors).toHaveLength(1);
			expect(result.errors[0].message).toContain('Note.title');
			expect(JSON.stringify(result)).not.toContain(PLAIN);
		}
		// Content is called with an undefined value, so that the denial is reported, counted and recorded.
		expect(content.asked.length).toBeGreaterThan(0);
		expect(content.asked.every(({ coordinate, access }) => coordinate === 'Note.title' && access === 'MAY_READ')).toBe(
			true,
		);
	});

	it('is null, like everything else, for a denied caller', async () => {
		const content = new RecordingContent();
		const { data, errors } = await ask(served({ title: PLAIN }, content), query('title'), 'DENIED');
		expect([data.node.title, errors]).toEqual([null, undefined]);
		expect(content.asked).toMatchObject([{ coordinate: 'Note.title', access: 'DENIED' }]);
	});

	it('is refused with the same code if a promise resolves to it', () => {
		const schema = served({}, new RecordingContent(), { Note: { title: async () => PLAIN } });
		const { resolve } = (schema.getType('Note') as GraphQLObjectType).getFields().title ?? {};
		const answer = resolve?.(NOTE, {}, 'MAY_READ', {} as GraphQLResolveInfo);
		return Promise.all([
			expect(answer).rejects.toBeInstanceOf(FirmsealError),
			expect(answer).rejects.toMatchObject({ code: 'CIPHERTEXT_INVALID', message: expect.not.stringContaining(PLAIN) }),
		]);
	});
});

describe('a field whose content fails', () => {
	it('loses its own value and no other', async () => {
		const content: ValueOpener<Access> = {
			openValue(_access, { fieldName }) {
				if (fieldName === 'title') throw new FirmsealError('KEY_UNAVAILABLE', 'Try again in a minute.');
				return 'opened';
			},
		};
		const { data, errors } = await ask(served({ title: seal('x'), body: seal('y') }, content), query('title body id'));
		expect(data.node).toEqual({ title: null, body: 'opened', id: 'n1' });
		expect(errors).toMatchObject([{ message: 'Try again in a minute.', path: ['node', 'title'] }]);
	});
});
