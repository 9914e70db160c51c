import { gql, HttpLink } from '@apollo/client';
import { v7 as uuidv7 } from 'uuid';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OpenFieldsLink } from '../../src/client/apollo-link.ts';
import { createFirmseal } from '../../src/client/connection/index.ts';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { connect } from './apollo-client.ts';
import { beginCustody, clientOfDevice, type DeviceOfPerson } from './vault-client.ts';

const CREATE = gql`mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id revision title body } } }`;
const UPDATE = gql`mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { id revision title body } } }`;
const NOTE = gql`query ($id: ID!) { note(id: $id) { id revision title body } }`;
const TITLE = 'canary-lying-title-8807';
const BODY = 'canary-lying-body-8807';
const MADE_UP = 'the service made this up';

type Json = Record<string, unknown>;
/** Changes the data of an answer. */
type Lie = (data: Json, query: string) => unknown;

let scene: Scene;
let owner: DeviceOfPerson;
let note: string;
let other: string;
/** The answer to a query of the note, as it was before its second revision. */
let earlier: Json;
const sent: string[] = [];
/** Answers that a lie has changed. */
let lies = 0;
const CLOCK = { now: () => Date.now(), sleep: async () => {} };

/** What lies between the client and the running service. */
function lyingFetch(lie: Lie): typeof fetch {
	return async (input, init) => {
		const query = typeof init?.body === 'string' ? init.body : '';
		sent.push(query);
		const answer = await fetch(input, init);
		const { ok, headers } = answer;
		if (!ok || !headers.get('content-type')?.includes('json')) return answer;
		const whole = (await answer.json()) as { data?: Json };
		const before = JSON.stringify(whole.data);
		if (whole.data) whole.data = (lie(whole.data, query) ?? whole.data) as Json;
		if (JSON.stringify(whole.data) !== before) lies += 1;
		return Response.json(whole);
	};
}

/** The owner’s own device and an empty cache, over a service that lies from now on. */
function lyingClient(lie: Lie) {
	const { vault, person } = owner;
	const { url } = scene.api;
	const token = () => `${person}`;
	const unlock = async () => {};
	const firmseal = createFirmseal({ url, token, vault, unlock, clock: CLOCK, fetch: lyingFetch(lie) });
	const transport = new OpenFieldsLink(firmseal).concat(
		new HttpLink({ uri: `${url}/graphql`, fetch: lyingFetch(lie) }),
	);
	return connect({ transport, token });
}

async function read(lie: Lie, id = note) {
	const client = lyingClient((data, query) => (query.includes('KeyLog') ? data : lie(data, query)));
	const { data, error } = await client.query({ query: NOTE, variables: { id }, errorPolicy: 'all' });
	return { shown: JSON.stringify(data ?? null), error: error ? `${error.name}: ${error.message}` : '' };
}

/** What the service answered to the client's own query, which the client has added to. */
async function answerTo(id: string): Promise<Json> {
	let seen: Json = {};
	await read((data) => {
		seen = structuredClone(data);
	}, id);
	return seen;
}

beforeAll(async () => {
	scene = await makeScene();
	owner = await beginCustody(scene, ['NOTE']);
	const client = clientOfDevice(scene, owner);
	[note, other] = [uuidv7(), uuidv7()];
	await client.mutate({ mutation: CREATE, variables: { input: { id: note, title: TITLE, body: BODY } } });
	await client.mutate({ mutation: CREATE, variables: { input: { id: other, title: 'other', body: 'other body' } } });
	earlier = await answerTo(note);
	const input = { id: note, expectedRevision: 1, body: `${BODY} two` };
	await client.mutate({ mutation: UPDATE, variables: { input } });
});
beforeEach(() => {
	sent.splice(0);
	lies = 0;
});

const keysOf = (object: Json, part: string): string[] => Object.keys(object).filter((key) => key.includes(part));
/** The object of the note in an answer. */
const noteIn = (data: Json): Json => data.note as Json;

describe('a running service that lies to the application', () => {
	it('shows what devices wrote, if it does not lie', async () => {
		const { shown, error } = await read(() => {});
		expect([JSON.parse(shown), error]).toMatchObject([{ note: { title: TITLE, body: `${BODY} two` } }, '']);
	});

	it.each<[string, () => Promise<Lie>]>([
		['a plain value', async () => (data) => void Object.assign(noteIn(data), { title: MADE_UP, body: MADE_UP })],
		['an older revision', async () => () => structuredClone(earlier)],
		[
			'the content of another record under this id',
			async () => {
				const found = noteIn(await answerTo(other));
				return (data) => {
					for (const key of keysOf(noteIn(data), '_firmseal')) noteIn(data)[key] = found[key];
				};
			},
		],
		[
			'another record',
			async () => {
				const found = await answerTo(other);
				return () => found;
			},
		],
		[
			'the stamp of the revision before',
			async () => (data) => {
				for (const key of keysOf(noteIn(data), '_field_')) {
					const [[now], [before]] = [noteIn(data)[key], noteIn(earlier)[key]] as [[Json], [Json]];
					now.stamp = before.stamp;
				}
			},
		],
		[
			'values of two columns exchanged',
			async () => (data) => {
				const found = noteIn(data);
				const [title, body] = ['title', 'body'].map((name) => keysOf(found, `field_${name}`)[0] as string);
				const [one, two] = [found[title as string] as [Json], found[body as string] as [Json]];
				[one[0].envelope, two[0].envelope] = [two[0].envelope, one[0].envelope];
			},
		],
		[
			'values removed',
			async () => (data) => {
				for (const key of keysOf(noteIn(data), '_field_')) noteIn(data)[key] = [];
			},
		],
		[
			'values emptied',
			async () => (data) => {
				for (const key of keysOf(noteIn(data), '_field_')) (noteIn(data)[key] as [Json])[0].envelope = null;
			},
		],
		[
			'the version of the suite before',
			async () => (data) => {
				for (const key of keysOf(noteIn(data), '_field_')) {
					const [field] = noteIn(data)[key] as [{ envelope: string }];
					field.envelope = Buffer.from(field.envelope, 'base64').fill(1, 1, 2).toString('base64');
				}
			},
		],
		[
			'another firm',
			async () => (data) => {
				for (const key of keysOf(noteIn(data), '_firm')) if (key.endsWith('firm')) noteIn(data)[key] = uuidv7();
			},
		],
	])('shows nothing by %s', async (_name, prepare) => {
		const { shown, error } = await read(await prepare());
		for (const text of [MADE_UP, TITLE, BODY, 'other body']) expect(shown).not.toContain(text);
		expect(error).toMatch(/^CombinedGraphQLErrors: /);
		expect(lies).toBeGreaterThan(0);
		for (const text of [MADE_UP, TITLE, BODY]) expect(error).not.toContain(text);
	});

	it('gets no plain value by saying that the firm has no key log, or that the class is the platform’s', async () => {
		const said: readonly Lie[] = [
			(data) => {
				if ('keyLog' in data) Object.assign(data.keyLog as Json, { size: 0, entries: [], checkpoint: null });
			},
			(data) => {
				if ('keyLog' in data) Object.assign(data.keyLog as Json, { entries: [], checkpoint: null });
			},
		];
		for (const lie of said) {
			const input = { id: uuidv7(), title: TITLE, body: BODY };
			await lyingClient(lie)
				.mutate({ mutation: CREATE, variables: { input } })
				.catch(() => {});
			for (const text of sent) expect(text).not.toContain('canary-lying');
		}
		expect(lies).toBeGreaterThan(1);
	});

	it('gets no second version sealed onto an older row that it shows', async () => {
		const input = { id: note, expectedRevision: 1, body: BODY };
		const client = lyingClient((data) => ('keyLog' in data ? data : structuredClone(earlier)));
		await expect(client.mutate({ mutation: UPDATE, variables: { input } })).rejects.toThrow();
		expect(sent.filter((text) => /updateNote/.test(text))).toEqual([]);
		expect(lies).toBeGreaterThan(0);
	});
});
