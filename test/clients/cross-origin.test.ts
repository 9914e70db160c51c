import { HttpLink } from '@apollo/client';
import { Client } from '@urql/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NoteDocument } from './operations.generated.ts';
import { clientOf, makeScene, type Scene } from './scene.ts';
import { optionsOf } from './urql-client.ts';

const ORIGIN = 'https://app.example';
/** The Fetch standard, "CORS-safelisted request-header": the value of Accept has none of these bytes, and is at most 128 bytes long. */
const UNSAFE = /["():<>?@[\\\]{}]|^.{129}/;

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene({ FIRMSEAL_CORS_ORIGINS: ORIGIN });
});
afterAll(() => scene?.installation.close());

async function allowedHeaders(): Promise<string[]> {
	const { headers } = await fetch(`${scene.api.url}/graphql`, {
		method: 'OPTIONS',
		headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
	});
	return (headers.get('access-control-allow-headers') ?? '').toLowerCase().split(', ');
}

type Fetch = typeof fetch;

const clients: Readonly<Record<string, (url: string, fetch: Fetch, id: string) => Promise<{ data?: unknown }>>> = {
	'Apollo Client': (uri, fetch, id) =>
		clientOf(scene, { transport: new HttpLink({ uri, fetch }) }).query({ query: NoteDocument, variables: { id } }),
	urql: async (url, fetch, id) =>
		new Client({ ...optionsOf(url, () => `${scene.north.member}`), fetch }).query(NoteDocument, { id }),
};

it.each(Object.entries(clients))(
	'a page of another origin may send the requests of %s, and read the responses',
	async (_, read) => {
		const id = await scene.write({ title: 'shared' });
		const exchanges: { readonly sent: Headers; readonly answer: Response }[] = [];
		const recording: Fetch = async (url, init) => {
			const sent = new Headers(init?.headers);
			sent.set('origin', ORIGIN);
			const answer = await fetch(url, { ...init, headers: sent });
			exchanges.push({ sent, answer });
			return answer;
		};
		const { data } = await read(`${scene.api.url}/graphql`, recording, id);
		expect(data).toMatchObject({ note: { title: 'shared' } });

		const [{ sent, answer } = {}] = exchanges;
		const allowed = [...(await allowedHeaders()), 'accept', 'origin'];
		expect([...(sent?.keys() ?? [])].filter((header) => !allowed.includes(header))).toEqual([]);
		expect(sent?.get('accept')).not.toMatch(UNSAFE);
		expect(answer?.headers.get('access-control-allow-origin')).toBe(ORIGIN);
	},
);
