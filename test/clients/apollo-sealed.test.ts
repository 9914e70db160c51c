import { gql, type OperationVariables } from '@apollo/client';
import { filter, firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { leasesOver } from '../leases/by-api.ts';
import { activeLease } from '../support/leases.ts';
import { codesOf } from './apollo-errors.ts';
import { forget, keyOf, start, withheld } from './apollo-start.ts';
import { NoteDocument, NotesDocument } from './operations.generated.ts';
import { makeScene, type Scene } from './scene.ts';

let scene: Scene;
let id: string;
let empty: string;
beforeAll(async () => {
	scene = await makeScene();
	id = await scene.write({ title: 'sealed' });
	empty = await scene.write({ title: null });
	await scene.installation.startBroker();
});
afterAll(() => scene?.installation.close());
beforeEach(() => void withheld({}));

function begin() {
	const person: { token: string; lease: string | null } = { token: `${scene.operator}`, lease: null };
	const client = start(`${scene.api.url}/graphql`, { token: async () => person.token, lease: () => person.lease });
	const titleOf = async () => (await client.query({ query: NoteDocument, variables: { id } })).data?.note?.title;
	const titlesOf = async (firmId: string) =>
		(await client.query({ query: NotesDocument, variables: { firmId } })).data?.notes.nodes.map(({ title }) => title);
	return { person, client, titleOf, titlesOf };
}

const noticeOf = (operationName: string, variables: OperationVariables) => withheld()[keyOf(operationName, variables)];
const TITLE = { coordinate: 'Note.title', reason: 'NO_LEASE', count: 1 };
const BODY = { ...TITLE, coordinate: 'Note.body' };

describe('the notice that content is withheld', () => {
	it('belongs to a query and its variables, and stays until the store is cleared', async () => {
		const { client, titleOf, titlesOf } = begin();
		expect(await titleOf()).toBeNull();
		expect(noticeOf('Note', { id })).toEqual([TITLE, BODY]);
		expect(noticeOf('Note', { id: empty })).toBeUndefined();
		await titlesOf(scene.north.id);
		expect(noticeOf('Notes', { firmId: scene.north.id })).toEqual([{ ...TITLE, count: 2 }]);
		expect(noticeOf('Note', { id })).toEqual([TITLE, BODY]);
		await forget(client);
		expect(withheld()).toEqual({});
	});

	it('is found under the variables of a watched query, which have the defaults', async () => {
		const { client } = begin();
		const query = gql`query Latest($first: Int = 1, $firmId: ID!) { notes(first: $first, firmId: $firmId) { nodes { id title } } }`;
		const watched = client.watchQuery<unknown, OperationVariables>({ query, variables: { firmId: scene.north.id } });
		await firstValueFrom(watched.pipe(filter(({ loading }) => !loading)));
		expect(noticeOf('Latest', watched.variables)).toEqual([TITLE]);
		expect(noticeOf('Latest', { firmId: scene.north.id, first: 1 })).toEqual([TITLE]);
	});

	it('is an empty list if the answer withholds nothing', async () => {
		const { person, titleOf } = begin();
		person.token = `${scene.north.member}`;
		expect(await titleOf()).toBe('sealed');
		expect(withheld()).toEqual({ [keyOf('Note', { id })]: [] });
	});

	it('stays if the query fails later, because the cache keeps its data too', async () => {
		const { person, client, titleOf } = begin();
		await titleOf();
		person.token = 'none';
		const again = client.query({ query: NoteDocument, variables: { id }, fetchPolicy: 'network-only' });
		await expect(again.catch(codesOf)).resolves.toEqual(['UNAUTHENTICATED']);
		expect(noticeOf('Note', { id })).toEqual([TITLE, BODY]);
	});

	it('is not repeated when the cache answers, but is when the network answers', async () => {
		const { client, titleOf } = begin();
		await titleOf();
		withheld({});
		await titleOf();
		expect(withheld()).toEqual({});
		await client.query({ query: NoteDocument, variables: { id }, fetchPolicy: 'network-only' });
		expect(noticeOf('Note', { id })).toEqual([TITLE, BODY]);
	});
});

describe('a lease', () => {
	it('opens content through its header, but the cache keeps older nulls, and its content, until cleared', async () => {
		const { person, client, titleOf } = begin();
		const { api, north, operator, approver } = scene;
		expect(await titleOf()).toBeNull();

		person.lease = (await activeLease({ ask: api.ask, firm: north, operator, approver })).id;
		expect(await titleOf()).toBeNull();
		await forget(client);
		expect(await titleOf()).toBe('sealed');
		expect(noticeOf('Note', { id })).toEqual([]);

		await leasesOver(api.ask).step(operator, 'release', person.lease);
		const ended = client.query({ query: NoteDocument, variables: { id }, fetchPolicy: 'network-only' });
		await expect(ended.catch(codesOf)).resolves.toEqual(['LEASE_NOT_ACTIVE']);
		person.lease = null;
		expect(await titleOf()).toBe('sealed');
		await forget(client);
		expect(await titleOf()).toBeNull();
	});

	it('that is narrowed to one record withholds the others: a page gives only their number', async () => {
		const { person, client, titlesOf } = begin();
		const { api, north, operator, approver } = scene;
		const wish = { recordIds: [id] };
		person.lease = (await activeLease({ ask: api.ask, firm: north, operator, approver, wish })).id;
		expect(await titlesOf(north.id)).toEqual([null, 'sealed']);
		const RECORD = { ...TITLE, reason: 'RECORD' };
		expect(noticeOf('Notes', { firmId: north.id })).toEqual([RECORD]);
		await client.query({ query: NoteDocument, variables: { id: empty }, fetchPolicy: 'network-only' });
		expect(noticeOf('Note', { id: empty })).toContainEqual(RECORD);
	});
});
