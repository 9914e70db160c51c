import { ApolloClient, ApolloLink, gql, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { RetryLink } from '@apollo/client/link/retry';
import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OpenFieldsLink } from '../../src/client/apollo-link.ts';
import type { CustodyOfClass, Opener } from '../../src/client/index.ts';
import { type MarkerAnswer, MarkerApi } from './marker-api.ts';
import { lockedOpener, type MarkerOpener, markerOpener } from './marker-opener.ts';

const SECRET = 'what only the firm may know';
const OLD = 'what it knew before';
interface NoteAnswer {
	readonly note: { readonly title: string | null };
}
const NOTE: TypedDocumentNode<NoteAnswer, { id: string }> =
	gql`query Note($id: ID!) { note(id: $id) { id revision title body } }`;
const CREATE = gql`mutation Create($input: CreateNoteInput!) { createNote(input: $input) { note { id revision title body } } }`;
const UPDATE = gql`mutation Update($input: UpdateNoteInput!) { updateNote(input: $input) { note { id revision title body } } }`;
const id = '018f0000-0000-7000-8000-000000000004';

function begin(custody: CustodyOfClass = 'FIRM', change: Partial<Opener> = {}) {
	const service = new MarkerApi({ NOTE: custody });
	const own = markerOpener({ NOTE: custody });
	const opener: MarkerOpener = Object.assign(own, change);
	const contexts: unknown[] = [];
	const network: { tamper: (answer: MarkerAnswer) => object; failures: number } = { tamper: (a) => a, failures: 0 };
	const transport = new ApolloLink(
		(operation) =>
			new Observable((observer) => {
				contexts.push(operation.getContext().headers);
				if (network.failures-- > 0) return observer.error(new Error('The network is gone.'));
				observer.next(network.tamper(service.answer(operation)) as ApolloLink.Result);
				observer.complete();
			}),
	);
	const open = (link: ApolloLink) => new ApolloClient({ cache: new InMemoryCache(), link });
	const client = open(
		ApolloLink.from([new RetryLink({ delay: { initial: 0 } }), new OpenFieldsLink(opener), transport]),
	);
	const create = (title: string) => client.mutate({ mutation: CREATE, variables: { input: { id, title } } });
	const read = () => client.query({ query: NOTE, variables: { id } });
	return { service, opener, client, network, contexts, transport, open, create, read };
}

describe('Apollo Client with the link that opens fields', () => {
	it('writes and reads content that the service never sees', async () => {
		const { service, opener, client, create, read } = begin();
		expect((await create(SECRET)).data).toMatchObject({ createNote: { note: { id, title: SECRET, body: null } } });
		expect((await read()).data?.note).toEqual({ __typename: 'Note', id, revision: 1, title: SECRET, body: null });
		expect(service.received.join()).not.toContain(SECRET);
		expect(JSON.stringify(client.cache.extract())).not.toContain('_firmseal');
		expect(opener.opened).toHaveLength(2);
	});

	it('joins other links in every way that Apollo’s own links do', async () => {
		const { service, opener, transport, open } = begin();
		const before = new ApolloLink((operation, forward) => forward(operation));
		const splits = new OpenFieldsLink(opener).split(
			({ operationName }) => operationName === 'Note',
			transport,
			before.concat(transport),
		);
		for (const link of [
			new OpenFieldsLink(opener).concat(before, transport),
			before.concat(new OpenFieldsLink(opener)).concat(transport),
			splits,
			ApolloLink.split(() => true, splits, transport),
		]) {
			const client = open(link);
			const input = { id: crypto.randomUUID(), title: SECRET };
			expect((await client.mutate({ mutation: CREATE, variables: { input } })).data).toMatchObject({
				createNote: { note: { title: SECRET } },
			});
			const { data } = await client.query({ query: NOTE, variables: { id: input.id } });
			expect(data?.note.title).toBe(SECRET);
		}
		expect(service.received.join()).not.toContain(SECRET);
	});

	it('updates the cache after a change, once the present row was read', async () => {
		const { service, opener, client, create, read } = begin();
		await create(OLD);
		await read();
		const input = { id, expectedRevision: 1, title: SECRET };
		const changed = await client.mutate({ mutation: UPDATE, variables: { input } });
		expect(changed.data).toMatchObject({ updateNote: { note: { revision: 2, title: SECRET } } });
		expect(client.readQuery({ query: NOTE, variables: { id } })).toMatchObject({
			note: { revision: 2, title: SECRET },
		});
		expect(opener.sealed.at(-1)).toMatchObject([
			{
				kind: 'UPDATE',
				expectedRevision: 1,
				values: { title: SECRET },
				current: { id, type: 'Note', requestedId: id },
			},
		]);
		expect(service.received.join()).not.toContain(SECRET);
	});

	it('shows an optimistic result until the real one is there', async () => {
		const { client, create, read } = begin();
		await create(OLD);
		const titles: unknown[] = [];
		const watched = client.watchQuery({ query: NOTE, variables: { id } });
		const subscription = watched.subscribe(({ data }) => titles.push(data?.note?.title));
		await read();
		const note = { __typename: 'Note' as const, id, revision: 2, title: 'soon', body: null };
		await client.mutate({
			mutation: UPDATE,
			variables: { input: { id, expectedRevision: 1, title: SECRET } },
			optimisticResponse: { updateNote: { __typename: 'UpdateNotePayload', note } },
		});
		subscription.unsubscribe();
		expect(titles.filter((title) => title !== undefined)).toEqual([OLD, 'soon', SECRET]);
	});

	it('does not show what the service opened if the class has come into custody of the firm meanwhile', async () => {
		const { service, opener, network, client, read } = begin('PLATFORM');
		network.tamper = (answer) => {
			opener.custodies.NOTE = 'FIRM';
			return answer;
		};
		await expect(read()).rejects.toThrow('only the firm has its keys');
		expect(service.received[0]).not.toContain('_firmseal');
		expect(JSON.stringify(client.cache.extract())).not.toContain('secret');
	});

	it('leaves documents without content alone', async () => {
		const { client, service, opener } = begin();
		await client.query({ query: gql`{ viewer { id } }` });
		expect(service.received[0]).not.toContain('_firmseal');
		expect(opener.opened).toEqual([]);
	});

	it('begins a retry with what the application asked for, and keeps the context', async () => {
		const { client, network, contexts, create } = begin();
		await create(SECRET);
		network.failures = 2;
		const headers = { authorization: 'Bearer t' };
		const { data } = await client.query({ query: NOTE, variables: { id }, context: { headers } });
		expect(data).toMatchObject({ note: { title: SECRET } });
		expect(contexts.slice(1)).toEqual([headers, headers, headers]);
	});

	it('gives what opens beside an error for what does not', async () => {
		const { client, network, create } = begin();
		await create(SECRET);
		network.tamper = ({ data, ...rest }) => {
			const note = data?.note as Record<string, unknown>;
			return {
				data: { note: { ...note, body: 'made up' } },
				...rest,
				errors: [{ message: 'its own', path: ['note'] }],
			};
		};
		const options = { query: NOTE, variables: { id }, errorPolicy: 'all' as const, fetchPolicy: 'no-cache' as const };
		const { data, error } = await client.query(options);
		expect(data).toEqual({ note: { __typename: 'Note', id, revision: 1, title: SECRET, body: null } });
		expect(error).toMatchObject({
			errors: [{ message: 'its own' }, { path: ['note', 'body'], extensions: { code: 'CIPHERTEXT_INVALID' } }],
		});
	});

	it('passes nothing on beside data, errors and extensions', async () => {
		const { client, network } = begin();
		network.tamper = (answer) => ({
			...answer,
			hasNext: false,
			incremental: [{ data: { title: 'made up' }, path: ['note'] }],
		});
		const { data } = await client.query({ query: NOTE, variables: { id }, fetchPolicy: 'no-cache' });
		expect(JSON.stringify(data)).not.toContain('made up');
	});

	it('sends nothing while the device is locked, or if a row cannot be sealed', async () => {
		const locked = begin('FIRM', { ready: lockedOpener().ready });
		await expect(locked.create(SECRET)).rejects.toThrow('The device is locked: unlock it.');
		await expect(locked.read()).rejects.toThrow('The device is locked: unlock it.');
		const seal = async () => {
			throw new Error('This row cannot be sealed.');
		};
		const refusing = begin('FIRM', { seal });
		await expect(refusing.create(SECRET)).rejects.toThrow('This row cannot be sealed.');
		expect([...locked.service.received, ...refusing.service.received]).toEqual([]);
	});

	it('sends what has no content without the device', async () => {
		const { client, service } = begin('FIRM', { ready: lockedOpener().ready });
		const { error } = await client.query({ query: gql`query Who { viewer { id name } }` });
		expect(error).toBeUndefined();
		expect(service.received.join()).toContain('query Who');
		expect(service.received.join()).not.toContain('_firmseal');
	});
});

describe('an update', () => {
	const change = ({ client }: ReturnType<typeof begin>, expectedRevision = 1) =>
		client.mutate({ mutation: UPDATE, variables: { input: { id, expectedRevision, title: SECRET } } });

	it.each<[string, (answer: MarkerAnswer) => MarkerAnswer, string]>([
		['that does not exist', () => ({ data: { node: null } }), 'NOT_FOUND'],
		['of another id', (answer) => withNode(answer, { id: 'other' }), 'CIPHERTEXT_INVALID'],
		['without sealed values', (answer) => withNode(answer, { sealedFields: [] }), 'CIPHERTEXT_INVALID'],
		['with malformed values', (answer) => withNode(answer, { sealedFields: [{ stamp: 's' }] }), 'CIPHERTEXT_INVALID'],
		['without a firm', (answer) => withNode(answer, { firmId: null }), 'CIPHERTEXT_INVALID'],
		[
			'that was refused',
			() => ({ data: null, errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] }),
			'FORBIDDEN',
		],
	])('seals nothing for a row %s', async (_, tamper, code) => {
		const begun = begin();
		await begun.create(OLD);
		begun.network.tamper = tamper;
		await expect(change(begun)).rejects.toMatchObject({ errors: [{ extensions: { code } }] });
		expect(begun.opener.sealed).toHaveLength(1);
	});

	it('is a conflict if the row has another revision', async () => {
		const begun = begin();
		await begun.create(OLD);
		await expect(change(begun, 7)).rejects.toMatchObject({ errors: [{ extensions: { code: 'CONFLICT' } }] });
	});

	it('of a row that the service still seals takes all values along, but never nulls that are only withheld', async () => {
		const begun = begin('MOVING');
		begun.service.rows.set(id, { type: 'Note', revision: 1, plain: { title: OLD, body: 'stays' }, sealed: null });
		begun.network.tamper = (answer) => ({ ...answer, extensions: { sealed: [{ coordinate: 'Note.body' }] } });
		await expect(change(begun)).rejects.toMatchObject({ errors: [{ extensions: { code: 'CIPHERTEXT_INVALID' } }] });
		begun.network.tamper = (answer) => answer;
		await change(begun);
		expect(begun.opener.sealed).toMatchObject([[{ values: { title: SECRET, body: 'stays' }, current: null }]]);
	});
});

const withNode = ({ data, ...rest }: MarkerAnswer, changed: object): MarkerAnswer => ({
	...rest,
	data: { node: { ...(data?.node as object), ...changed } },
});
