import { Client, cacheExchange, fetchExchange, gql } from '@urql/core';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Opener } from '../../src/client/index.ts';
import { openFieldsExchange } from '../../src/client/urql-exchange.ts';
import { type MarkerAnswer, MarkerApi } from './marker-api.ts';
import { lockedOpener, type MarkerOpener, markerOpener } from './marker-opener.ts';

const SECRET = 'what only the firm may know';
const OLD = 'what it knew before';
const NOTE = gql`query Note($id: ID!) { note(id: $id) { id title body } }`;
const CREATE = gql`mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id title body } } }`;
const UPDATE = gql`mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { id title } } }`;
const id = '018f0000-0000-7000-8000-000000000005';

function begin(change: Partial<Opener> = {}) {
	const service = new MarkerApi({ NOTE: 'FIRM' });
	const opener: MarkerOpener = Object.assign(markerOpener({ NOTE: 'FIRM' }), change);
	const network: { tamper: (answer: MarkerAnswer) => object } = { tamper: (answer) => answer };
	const client = new Client({
		url: 'https://api.example/graphql',
		preferGetMethod: false,
		exchanges: [cacheExchange, openFieldsExchange(opener), fetchExchange],
		fetch: async (_url, init) => {
			const sent = JSON.parse(init?.body as string) as { query: string; variables: Record<string, unknown> };
			const answer = network.tamper(service.answer({ query: parse(sent.query), variables: sent.variables }));
			return new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } });
		},
	});
	const create = (title: string) => client.mutation(CREATE, { input: { id, title } }).toPromise();
	const read = (requestPolicy: 'cache-first' | 'network-only' = 'cache-first') =>
		client.query(NOTE, { id }, { requestPolicy }).toPromise();
	return { service, opener, network, client, create, read };
}

describe('urql with the exchange that opens fields', () => {
	it('writes and reads content that the service never sees', async () => {
		const { service, opener, create, read } = begin();
		const created = await create(SECRET);
		expect(created.error).toBeUndefined();
		expect(created.data).toMatchObject({ createNote: { note: { id, title: SECRET, body: null } } });
		expect((await read()).data).toMatchObject({ note: { id, title: SECRET, body: null } });
		expect(service.received.join()).not.toContain(SECRET);
		expect((await read()).data).toMatchObject({ note: { title: SECRET } });
		expect(opener.opened).toHaveLength(2);
	});

	it('gives the cache the operation of the application, so that a change refreshes a query', async () => {
		const { client, create, opener } = begin();
		await create(OLD);
		const titles: unknown[] = [];
		const changed = Promise.withResolvers<void>();
		const subscription = client.query(NOTE, { id }).subscribe(({ data, stale }) => {
			const { title } = (data as { note: { title: unknown } }).note;
			if (!stale && titles.at(-1) !== title) titles.push(title);
			if (title === SECRET) changed.resolve();
		});
		const first = await client.query(NOTE, { id }).toPromise();
		expect(first.operation.query).not.toMatchObject({ definitions: [{ name: { value: '_firmseal_current_row' } }] });
		const { error } = await client.mutation(UPDATE, { input: { id, expectedRevision: 1, title: SECRET } }).toPromise();
		expect(error).toBeUndefined();
		await changed.promise;
		subscription.unsubscribe();
		expect(titles).toEqual([OLD, SECRET]);
		expect(opener.sealed.at(-1)).toMatchObject([{ kind: 'UPDATE', current: { id } }]);
	});

	it('sends a query without the other operations of its document, which can have content in them', async () => {
		const { service, client } = begin();
		const text = `query A { note(id: "${id}") { title } } mutation B { createNote(input: { title: "${SECRET}" }) { note { id } } }`;
		await client.query(parse(text), {}).toPromise();
		expect(service.received[0]).toContain('title');
		expect(service.received[0]).not.toContain(SECRET);
	});

	it('does not show what the service opened if the class has come into custody of the firm meanwhile', async () => {
		const { service, opener, network, read } = begin();
		service.custodies.NOTE = 'PLATFORM';
		opener.custodies.NOTE = 'PLATFORM';
		network.tamper = (answer) => {
			opener.custodies.NOTE = 'FIRM';
			return answer;
		};
		const { data, error } = await read();
		expect(data).toMatchObject({ note: { id, title: null, body: null } });
		expect(error?.message).toContain('only the firm has its keys');
	});

	it('gives what opens beside an error for what does not', async () => {
		const { network, create, read } = begin();
		await create(SECRET);
		network.tamper = ({ data, ...rest }) => ({
			...rest,
			data: { note: { ...(data?.note as object), body: 'made up' } },
			errors: [{ message: 'its own' }],
		});
		const { data, error } = await read('network-only');
		expect(data).toMatchObject({ note: { title: SECRET, body: null } });
		expect(error?.graphQLErrors).toMatchObject([
			{ message: 'its own' },
			{ path: ['note', 'body'], extensions: { code: 'CIPHERTEXT_INVALID' } },
		]);
	});

	it('sends nothing while the device is locked, and says so', async () => {
		const { service, create, read } = begin({ ready: lockedOpener().ready });
		expect((await create(SECRET)).error?.message).toContain('The device is locked: unlock it.');
		expect((await read()).error?.message).toContain('The device is locked: unlock it.');
		expect(service.received).toEqual([]);
	});

	it('shows nothing if the opener fails', async () => {
		const open = async () => {
			throw new Error('The device was locked meanwhile.');
		};
		const { create } = begin({ open });
		const { data, error } = await create(SECRET);
		expect(data).toBeUndefined();
		expect(error?.message).toContain('The device was locked meanwhile.');
	});

	it('reports an update that finds another revision', async () => {
		const { client, create } = begin();
		await create(OLD);
		const input = { id, expectedRevision: 9, title: SECRET };
		const { error } = await client.mutation(UPDATE, { input }).toPromise();
		expect(error?.graphQLErrors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
	});
});
