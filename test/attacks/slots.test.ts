import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestApi } from '../support/installation.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { until } from '../system/program.ts';
import { makeScene, type Scene } from './scene.ts';

const REMOVE = 'mutation ($id: ID!) { removeMember(input: { userId: $id }) { user { id } } }';

let scene: Scene;
let api: TestApi;
beforeAll(async () => {
	scene = await makeScene();
	// Three slots and a queue of twelve per firm: at most two and nine for people who are not owners, one and six for its clients.
	api = await scene.installation.serve({ FIRMSEAL_REQUESTS_AT_ONCE: '24' }, { clock: steppedClock() });
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

/** Sends requests that block on a locked table until `release`. `statuses` are those of the answers so far. */
async function hold(table: string, query: string, count: number, by: (n: number) => { token: string; from: string }) {
	const [locked, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const locking = scene.admin.begin(async (sql) => {
		await sql`lock table ${sql(table)} in access exclusive mode`;
		locked.resolve();
		await over.promise;
	});
	await locked.promise;
	const statuses: number[] = [];
	const held = Array.from({ length: count }, async (_, n) => {
		const { token, from } = by(n);
		const answered = Promise.withResolvers<IncomingMessage>();
		const headers = { 'content-type': 'application/json', authorization: token };
		request(`${api.url}/graphql`, { method: 'POST', localAddress: from, headers, agent: false }, answered.resolve)
			.on('error', answered.reject)
			.end(JSON.stringify({ query }));
		const answer = (await answered.promise).resume();
		statuses.push(answer.statusCode ?? 0);
		return answer;
	});
	return {
		statuses,
		async release() {
			over.resolve();
			await locking;
			return Promise.all(held);
		},
	};
}

const requests = async (state: 'working' | 'waiting') =>
	new RegExp(`^firmseal_requests\\{state="${state}"\\} (\\d+)$`, 'm').exec(
		await (await fetch(`${api.url}/metrics`)).text(),
	)?.[1];

it('a member has at most twice a member’s slots, in any spelling and from any source of the token', async () => {
	const { statuses, release } = await hold('notes', '{ notes { nodes { id } } }', 24, (n) => ({
		token: `Bearer${' '.repeat(n + 1)}${scene.north.member}`,
		from: `127.0.0.${2 + (n % 8)}`,
	}));
	try {
		await until(() => statuses.length === 11);
		expect([new Set(statuses), await requests('working')]).toEqual([new Set([429]), '4']);
		expect(await statusOf(`${scene.harbour.owner}`)).toBe(200);
	} finally {
		const answers = await release();
		expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(13);
		expect(new Set(answers.map(({ headers }) => headers['retry-after']))).toEqual(new Set([undefined, '2']));
	}
});

it('another person is answered while a member floods from the same address with new tokens', async () => {
	const tokens = await Promise.all(
		Array.from({ length: 10 }, (_, n) => scene.installation.token('member@north.example', 3_600 + n)),
	);
	const { statuses, release } = await hold('notes', '{ notes { nodes { id } } }', 10, (n) => ({
		token: `Bearer ${tokens[n]}`,
		from: '127.0.0.1',
	}));
	try {
		await until(async () => (await requests('waiting')) === '6');
		expect(await statusOf(await scene.installation.token('owner@harbour.example', 3_000))).toBe(200);
		expect(statuses).toEqual([]);
	} finally {
		expect((await release()).map(({ statusCode }) => statusCode)).toEqual(Array(10).fill(200));
	}
});

it('a client does not occupy the firm’s slots, and the owner can remove them at the same time', async () => {
	const { owner, client } = scene.north;
	const { data } = await api.ask(client, '{ viewer { id } }');
	const { statuses, release } = await hold('documents', '{ documents { nodes { id } } }', 24, () => ({
		token: `Bearer ${client}`,
		from: '127.0.0.1',
	}));
	try {
		await until(() => statuses.length === 17);
		const { data: removed, errors } = await api.ask(owner, REMOVE, { id: data.viewer.id });
		expect([errors, removed?.removeMember.user.id]).toEqual([[], data.viewer.id]);
	} finally {
		await release();
	}
});

it('a removed person does not occupy the firm’s slots', async () => {
	const [member, owner] = [`${scene.north.member}`, `${scene.north.owner}`];
	// From here on, the process counts this token's requests for the firm.
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
