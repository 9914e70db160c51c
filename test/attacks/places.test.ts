import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestApi } from '../support/installation.ts';
import { makeScene, type Scene } from './scene.ts';

const REMOVE = 'mutation ($id: ID!) { removeMember(input: { userId: $id }) { user { id } } }';

let scene: Scene;
let api: TestApi;
beforeAll(async () => {
	scene = await makeScene();
	// One place for each firm, and four that wait.
	api = await scene.installation.serve({ FIRMSEAL_REQUESTS_AT_ONCE: '8' });
});
afterAll(() => scene?.installation.close());

const statusOf = async (token: string): Promise<number> => {
	const response = await fetch(`${api.url}/graphql`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
		body: JSON.stringify({ query: '{ viewer { id } }' }),
	});
	await response.text();
	return response.status;
};

it('somebody who was removed does not fill the places of the firm', async () => {
	const [member, owner] = [`${scene.north.member}`, `${scene.north.owner}`];
	// From here on the process takes what comes with the token for the firm's.
	const { data } = await api.ask(member, '{ viewer { id } }');
	await api.ask(owner, REMOVE, { id: data.viewer.id });
	expect(await statusOf(member)).toBe(403);
	let isOver = false;
	const seen = new Set<number>();
	const flood = Array.from({ length: 40 }, async () => {
		while (!isOver) seen.add(await statusOf(member));
	});
	const answers: number[] = [];
	while (answers.length < 20) answers.push(await statusOf(owner));
	isOver = true;
	await Promise.all(flood);
	expect(new Set(answers)).toEqual(new Set([200]));
	expect([...seen].filter((status) => status !== 403 && status !== 429)).toEqual([]);
});
