import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { leasesOver } from '../leases/by-api.ts';
import { activeLease } from '../support/leases.ts';
import { forget, type SignedIn, start, withheld } from './apollo-start.ts';
import { NoteDocument, NotesDocument } from './operations.generated.ts';
import { makeScene, type Scene } from './scene.ts';

let scene: Scene;
let id: string;
beforeAll(async () => {
	scene = await makeScene();
	id = await scene.write({ title: 'sealed' });
	await scene.write({ title: null });
	await scene.installation.startBroker();
});
afterAll(() => scene?.installation.close());
beforeEach(() => void withheld({}));

function begin() {
	const person: SignedIn = { token: `${scene.operator}`, lease: null };
	const client = start(`${scene.api.url}/graphql`, person);
	const titleOf = async () => (await client.query({ query: NoteDocument, variables: { id } })).data?.note?.title;
	return { person, client, titleOf };
}

describe('the notice that content is withheld', () => {
	it('belongs to an operation and a coordinate, and stays until the store is cleared', async () => {
		const { client, titleOf } = begin();
		expect(await titleOf()).toBeNull();
		expect(withheld()).toEqual({ 'Note Note.title': 'NO_LEASE', 'Note Note.body': 'NO_LEASE' });
		await client.query({ query: NotesDocument, variables: { firmId: scene.north.id } });
		expect(Object.keys(withheld())).toEqual(['Note Note.title', 'Note Note.body', 'Notes Note.title']);
		await forget(client);
		expect(withheld()).toEqual({});
	});

	it('is not repeated when the cache answers, but is when the network answers', async () => {
		const { client, titleOf } = begin();
		await titleOf();
		withheld({});
		await titleOf();
		expect(withheld()).toEqual({});
		await client.query({ query: NoteDocument, variables: { id }, fetchPolicy: 'network-only' });
		expect(withheld()).toMatchObject({ 'Note Note.title': 'NO_LEASE' });
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
		expect(withheld()).toEqual({});

		await leasesOver(api.ask).step(operator, 'release', person.lease);
		person.lease = null;
		expect(await titleOf()).toBe('sealed');
		await forget(client);
		expect(await titleOf()).toBeNull();
	});

	it('that is narrowed to one record withholds the others, and the answer gives only their number', async () => {
		const { person, client } = begin();
		const { api, north, operator, approver } = scene;
		const wish = { recordIds: [id] };
		person.lease = (await activeLease({ ask: api.ask, firm: north, operator, approver, wish })).id;
		const { data } = await client.query({ query: NotesDocument, variables: { firmId: north.id } });
		expect(data?.notes.nodes.map(({ title }) => title)).toEqual([null, 'sealed']);
		expect(withheld()).toEqual({ 'Notes Note.title': 'RECORD' });
	});
});
