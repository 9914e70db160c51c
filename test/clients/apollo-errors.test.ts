import { createHash } from 'node:crypto';
import { ApolloLink, HttpLink, ServerError } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sealed } from './apollo-client.ts';
import { codesOf, recordWait } from './apollo-errors.ts';
import {
	CreateNoteDocument,
	NoteDocument,
	NotesDocument,
	ThreadsDocument,
	UpdateNoteDocument,
} from './operations.generated.ts';
import { clientOf, makeScene, type Scene } from './scene.ts';

let scene: Scene;
let damaged: string;
let whole: string;
beforeAll(async () => {
	scene = await makeScene();
	whole = await scene.write({ title: 'whole', body: 'whole' });
	damaged = await scene.write({ title: 'damaged', body: 'whole' });
	await scene.admin`update notes set title = set_byte(title, 30, get_byte(title, 30) # 1) where id = ${damaged}`;
});
afterAll(() => scene?.installation.close());

const uri = () => `${scene.api.url}/graphql`;

describe('a value that does not open', () => {
	it('is null next to its error, and the rest is returned, with errorPolicy all', async () => {
		const client = clientOf(scene);
		const variables = { id: damaged };
		const { data, error } = await client.query({ query: NoteDocument, variables, errorPolicy: 'all' });
		expect(data?.note).toMatchObject({ title: null, body: 'whole' });
		expect(codesOf(error)).toEqual(['CIPHERTEXT_INVALID']);
		expect(error).toMatchObject({ errors: [{ path: ['note', 'title'] }] });
	});

	it('discards the rest under the default error policy of a client', async () => {
		const answer = clientOf(scene).query({ query: NoteDocument, variables: { id: damaged } });
		await expect(answer.catch(codesOf)).resolves.toEqual(['CIPHERTEXT_INVALID']);
	});

	it('is kept by a change that does not send it', async () => {
		const stored = async () => (await scene.admin`select title, revision from notes where id = ${damaged}`)[0];
		const before = await stored();
		const { data } = await clientOf(scene).mutate({
			mutation: UpdateNoteDocument,
			variables: { input: { id: damaged, expectedRevision: before?.revision, body: 'whole' } },
			errorPolicy: 'all',
		});
		expect(data?.updateNote?.note).toMatchObject({ title: null, body: 'whole' });
		expect((await stored())?.title).toEqual(before?.title);
	});

	it('leaves the other objects of a page readable', async () => {
		const { data, error } = await clientOf(scene).query({ query: NotesDocument, errorPolicy: 'all' });
		expect(data?.notes.nodes.map(({ title }) => title)).toEqual([null, 'whole']);
		expect(error).toMatchObject({ errors: [{ path: ['notes', 'nodes', 0, 'title'] }] });
	});
});

describe('a key that is unavailable', () => {
	it('makes all values of a coordinate null with one error, and the rest is returned, with errorPolicy all', async () => {
		const api = await scene.installation.serve();
		const set = (state: string) =>
			scene.admin`update data_keys set state = ${state} where firm_id = ${scene.north.id} and class = 'NOTE'`;
		await set('DISABLED');
		const client = clientOf(scene, { transport: new HttpLink({ uri: `${api.url}/graphql` }) });
		const { data, error } = await client.query({ query: NotesDocument, errorPolicy: 'all' });
		const discarded = client.query({ query: NotesDocument, fetchPolicy: 'network-only' });
		await expect(discarded.catch(codesOf)).resolves.toEqual(['KEY_UNAVAILABLE']);
		await set('ACTIVE');
		expect(data?.notes.nodes.map(({ id, title }) => [id, title])).toEqual([
			[damaged, null],
			[whole, null],
		]);
		expect(codesOf(error)).toEqual(['KEY_UNAVAILABLE']);
	});
});

describe('content that the caller may not read', () => {
	it('is null without an error, and extensions say what is missing and why', async () => {
		const withheld: Sealed[] = [];
		const operations: (string | undefined)[] = [];
		const client = clientOf(scene, {
			token: () => scene.operator,
			onSealed(sealed, { operationName }) {
				withheld.push(...sealed);
				operations.push(operationName);
			},
		});
		const { data, error } = await client.query({ query: NoteDocument, variables: { id: whole } });
		expect(error).toBeUndefined();
		expect(data?.note).toMatchObject({ id: whole, revision: 1, title: null, body: null });
		expect(withheld).toEqual([
			{ coordinate: 'Note.title', reason: 'NO_LEASE', count: 1 },
			{ coordinate: 'Note.body', reason: 'NO_LEASE', count: 1 },
		]);
		expect(operations).toEqual(['Note']);
	});
});

describe('a request that is refused', () => {
	it.each([
		['without a valid token', () => 'none', 'UNAUTHENTICATED'],
		['that the role may not send', () => `${scene.auditor}`, 'FORBIDDEN'],
	])('%s has an error code', async (_, token, code) => {
		const request = clientOf(scene, { token }).query({ query: ThreadsDocument, variables: {} });
		await expect(request.catch(codesOf)).resolves.toEqual([code]);
	});

	it('because of its rate has an error code, and says when to retry', async () => {
		const api = await scene.installation.serve({ FIRMSEAL_RATE_PER_MINUTE: '1' });
		const waits: number[] = [];
		const onWait = (seconds: number) => waits.push(seconds);
		const transport = ApolloLink.from([recordWait(onWait), new HttpLink({ uri: `${api.url}/graphql` })]);
		const client = clientOf(scene, { transport });
		const ask = () => client.query({ query: NoteDocument, variables: { id: whole }, fetchPolicy: 'network-only' });
		expect((await ask()).data?.note?.title).toBe('whole');
		await expect(ask().catch(codesOf)).resolves.toEqual(['RATE_LIMITED']);
		expect(waits).toHaveLength(1);
		expect(waits[0]).toBeGreaterThan(0);
	});

	it('before GraphQL processes it gets an HTTP error with a code', async () => {
		const input = { title: 'large', body: 'x'.repeat(2_000_000) };
		const error = await clientOf(scene)
			.mutate({ mutation: CreateNoteDocument, variables: { input } })
			.catch((thrown: unknown) => thrown);
		expect(ServerError.is(error) && error.statusCode).toBe(413);
		expect(codesOf(error)).toEqual(['PAYLOAD_TOO_LARGE']);
	});
});

describe('requests by GET', () => {
	it('are made for queries, while mutations are sent as POST', async () => {
		const methods: (string | undefined)[] = [];
		const transport = new HttpLink({
			uri: uri(),
			useGETForQueries: true,
			fetch: (url, init) => {
				methods.push(init?.method);
				return fetch(url, init);
			},
		});
		const client = clientOf(scene, { transport });
		const { data } = await client.query({ query: NoteDocument, variables: { id: whole } });
		expect(data?.note?.title).toBe('whole');
		await client.mutate({ mutation: CreateNoteDocument, variables: { input: { title: 'posted' } } });
		expect(methods).toEqual(['GET', 'POST']);
	});

	it('require a header that no other origin can send without preflight if they have no content type', async () => {
		const bare = (headers: Record<string, string>) =>
			new HttpLink({
				uri: uri(),
				useGETForQueries: true,
				fetch: (url, init) => {
					const sent = new Headers({ ...(init?.headers as Record<string, string>), ...headers });
					sent.delete('content-type');
					return fetch(url, { ...init, headers: sent });
				},
			});
		const read = (transport: ApolloLink) =>
			clientOf(scene, { transport }).query({ query: NoteDocument, variables: { id: whole } });
		await expect(read(bare({})).catch(codesOf)).resolves.toEqual(['BAD_USER_INPUT']);
		expect((await read(bare({ 'apollo-require-preflight': 'true' }))).data?.note?.title).toBe('whole');
	});

	it('are refused if they have only the hash of a query, and the client then sends the whole query', async () => {
		const sent: string[] = [];
		const transport = ApolloLink.from([
			new PersistedQueryLink({
				sha256: (text) => createHash('sha256').update(text).digest('hex'),
				useGETForHashedQueries: true,
			}),
			new HttpLink({
				uri: uri(),
				headers: { 'apollo-require-preflight': 'true' },
				fetch: (url, init) => {
					sent.push(`${init?.method} ${init?.body ? 'whole' : 'hash'}`);
					return fetch(url, init);
				},
			}),
		]);
		const client = clientOf(scene, { transport });
		const read = () => client.query({ query: NoteDocument, variables: { id: whole }, fetchPolicy: 'network-only' });
		expect((await read()).data?.note?.title).toBe('whole');
		expect((await read()).data?.note?.title).toBe('whole');
		expect(sent).toEqual(['GET hash', 'POST whole', 'POST whole']);
	});
});

describe('the cache of a client', () => {
	it('holds plaintext content that the next user can read, until the store is cleared', async () => {
		let token = scene.north.member;
		const client = clientOf(scene, { token: () => `${token}` });
		const title = async () => (await client.query({ query: NoteDocument, variables: { id: whole } })).data?.note?.title;
		await title();
		expect(JSON.stringify(client.cache.extract())).toContain('"title":"whole"');
		token = scene.operator;
		expect(await title()).toBe('whole');
		await client.clearStore();
		expect(client.cache.extract()).toEqual({});
		expect(await title()).toBeNull();
	});

	it('holds no content of a query with the fetch policy no-cache', async () => {
		const client = clientOf(scene);
		const { data } = await client.query({
			query: NoteDocument,
			variables: { id: whole },
			fetchPolicy: 'no-cache',
		});
		expect(data?.note?.title).toBe('whole');
		expect(client.cache.extract()).toEqual({});
	});
});
