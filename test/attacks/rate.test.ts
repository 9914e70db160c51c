import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Person, TestApi } from '../support/installation.ts';
import { makeScene, type Scene } from './scene.ts';

const LIMIT = 5;
const MESSAGE = 'The limit is 5 requests a minute: wait, then send fewer.';

let scene: Scene;
let api: TestApi;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());
// A new process for each test, since the counts are in memory.
beforeEach(async () => {
	api = await scene.installation.serve({ FIRMSEAL_RATE_PER_MINUTE: String(LIMIT), FIRMSEAL_TRUST_PROXY: '127.0.0.1' });
});
afterEach(() => api?.stop());

async function send(token: Person, { from, to = api }: { from?: string; to?: TestApi } = {}) {
	const response = await fetch(`${to.url}/graphql`, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			authorization: `Bearer ${token}`,
			...(from && { 'x-forwarded-for': from }),
		},
		body: JSON.stringify({ query: '{ viewer { id } }' }),
	});
	return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

async function exhaust(token: Person, options: Parameters<typeof send>[1] = {}): Promise<number[]> {
	const statuses = [];
	for (let n = 0; n < LIMIT; n++) statuses.push((await send(token, options)).status);
	return statuses;
}

/** A token with a wrong signature. */
const guess = () => `${`${scene.north.member}`.slice(0, -8)}AAAAAAAA`;

describe('an account', () => {
	it('is answered up to the limit, then gets RATE_LIMITED with the limit and the time to wait', async () => {
		expect(await exhaust(scene.north.member)).toEqual([200, 200, 200, 200, 200]);
		const refused = await send(scene.north.member);
		expect(refused.status).toBe(429);
		expect(refused.headers.get('retry-after')).toMatch(/^([1-9]|[1-5][0-9]|60)$/);
		expect(refused.body).toEqual({ errors: [{ message: MESSAGE, extensions: { code: 'RATE_LIMITED' } }] });
		expect(await scene.entriesOf(refused)).toEqual([]);
		expect((await send(scene.north.owner)).status).toBe(200);
		expect((await send(scene.operator)).status).toBe(200);
		expect((await fetch(`${api.url}/health/live`)).status).toBe(200);
	});

	it('is not answered more often with a new token, from other addresses, or concurrently', async () => {
		const fresh = await scene.installation.token('member@harbour.example', 60);
		const answers = await Promise.all(
			Array.from({ length: 30 }, (_, n) => send(n % 2 ? scene.harbour.member : fresh, { from: `192.0.2.${n}` })),
		);
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(LIMIT);
		expect(answers.filter(({ status }) => status === 429)).toHaveLength(30 - LIMIT);
	});

	it('writes no more log entries than the limit when it is refused', async () => {
		await scene.admin`update firms set status = 'SUSPENDED' where id = ${scene.harbour.id}`;
		const count = async () =>
			(await scene.entries()).filter(({ action, firm }) => action === 'request.deny' && firm === scene.harbour.id)
				.length;
		const before = await count();
		expect(await exhaust(scene.harbour.client)).toEqual([403, 403, 403, 403, 403]);
		for (let n = 0; n < 3; n++) expect((await send(scene.harbour.client)).status).toBe(429);
		expect((await count()) - before).toBe(LIMIT);
		expect((await send(scene.north.member)).status).toBe(200);
		await scene.admin`update firms set status = 'ACTIVE' where id = ${scene.harbour.id}`;
	});
});

describe('an address', () => {
	it('can guess tokens up to the limit; then a valid token gets the same response as an invalid one', async () => {
		expect(await exhaust(guess(), { from: '192.0.2.1' })).toEqual([401, 401, 401, 401, 401]);
		const wrong = await send(guess(), { from: '192.0.2.1' });
		const right = await send(scene.north.member, { from: '192.0.2.1' });
		expect([wrong.status, right.status]).toEqual([429, 429]);
		expect(right.body).toEqual(wrong.body);
		expect(right.body.errors).toEqual([{ message: MESSAGE, extensions: { code: 'RATE_LIMITED' } }]);
		expect(right.headers.get('retry-after')).toMatch(/^([1-9]|[1-5][0-9]|60)$/);
		expect(right.headers.get('www-authenticate')).toBeNull();
		expect((await send(scene.north.member, { from: '192.0.2.2' })).status).toBe(200);
	});

	it('shares its limit with all addresses of its IPv6 network', async () => {
		const statuses = [];
		for (let n = 0; n < LIMIT + 1; n++) statuses.push((await send(guess(), { from: `2001:db8:0:1::${n}` })).status);
		expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
		expect((await send(guess(), { from: '2001:db8:0:2::1' })).status).toBe(401);
	});

	it('cannot be forged if no proxy is trusted', async () => {
		const direct = await scene.installation.serve({ FIRMSEAL_RATE_PER_MINUTE: String(LIMIT) });
		const statuses = [];
		for (let n = 0; n < LIMIT + 1; n++)
			statuses.push((await send(guess(), { from: `192.0.2.${n}`, to: direct })).status);
		expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
		await direct.stop();
	});

	it('is not limited for authenticated people', async () => {
		const people = [scene.north.owner, scene.north.member, scene.north.client, scene.operator, scene.auditor];
		for (const person of people)
			expect(await exhaust(person, { from: '192.0.2.9' })).toEqual([200, 200, 200, 200, 200]);
	});
});
