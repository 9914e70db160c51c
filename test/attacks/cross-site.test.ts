import { request as requestHttp } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person, TestApi } from '../support/installation.ts';
import { makeScene, type Scene } from './scene.ts';

const PAGE = 'https://app.example';
const LOCAL = 'http://localhost:5173';

let scene: Scene;
let opened: TestApi;
beforeAll(async () => {
	scene = await makeScene();
	opened = await scene.installation.serve({ FIRMSEAL_CORS_ORIGINS: `${PAGE}, ${LOCAL}` });
});
afterAll(() => scene?.installation.close());

const countNotes = async (): Promise<number> => (await scene.admin`select count(*)::int as n from notes`)[0]?.n;
const mutation = JSON.stringify({ query: 'mutation { createNote(input: { title: "csrf-marker" }) { note { id } } }' });
const json = { 'content-type': 'application/json', 'content-length': String(mutation.length) };
const readable = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));

interface Sent {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
}

const send = (api: TestApi, { headers, ...init }: Sent, path = '/graphql') =>
	fetch(api.url + path, { ...init, headers: { ...headers } });

const preflight = (api: TestApi, origin: string, path?: string) =>
	send(
		api,
		{
			method: 'OPTIONS',
			headers: {
				origin,
				'access-control-request-method': 'POST',
				'access-control-request-headers': 'authorization,content-type,x-anything',
			},
		},
		path,
	);

const post = (api: TestApi, origin: string, token: Person) =>
	send(api, {
		method: 'POST',
		headers: { origin, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
		body: JSON.stringify({ query: '{ viewer { role } }' }),
	});

describe('without origins in the settings', () => {
	it('no response lets a page of another origin read it, and no preflight is answered', async () => {
		const refused = await preflight(scene.api, PAGE);
		const answered = await post(scene.api, PAGE, scene.north.member);
		expect([refused.status, answered.status]).toEqual([405, 200]);
		for (const { headers } of [refused, answered]) expect([readable(headers), headers.get('vary')]).toEqual([[], null]);
	});
});

describe('with origins in the settings', () => {
	it.each([PAGE, LOCAL])('a preflight from %s is answered before authentication', async (origin) => {
		const { status, headers } = await preflight(opened, origin);
		expect(status).toBe(204);
		expect(Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')))).toEqual({
			'access-control-allow-origin': origin,
			'access-control-allow-methods': 'GET, POST',
			'access-control-allow-headers':
				'Authorization, Content-Type, X-Firmseal-Lease, Apollo-Require-Preflight, X-Apollo-Operation-Name, ApolloGraphQL-Client-Name, ApolloGraphQL-Client-Version',
			'access-control-expose-headers': 'X-Request-Id, Retry-After',
			'access-control-max-age': '600',
		});
		expect(headers.get('vary')).toBe('Origin');
		expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
		expect(headers.get('cache-control')).toBe('no-store');
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
	});

	it('a page from there may read every response, including refusals and unreadable values', async () => {
		const headers = { origin: PAGE, 'content-type': 'application/json' };
		const answers = [
			await post(opened, PAGE, scene.north.member),
			await post(opened, PAGE, 'x.y.z'),
			await send(opened, { method: 'POST', headers, body: '{"' }),
			await send(opened, { method: 'POST', headers: { ...headers, accept: 'text/html' }, body: mutation }),
			await send(opened, { method: 'POST', headers, body: `"${'x'.repeat(1_200_000)}"` }),
			await send(opened, { method: 'DELETE', headers: { origin: PAGE } }),
		];
		expect(answers.map(({ status }) => status)).toEqual([200, 401, 400, 406, 413, 405]);
		for (const { headers: answered } of answers) {
			expect(answered.get('access-control-allow-origin')).toBe(PAGE);
			expect(answered.get('access-control-expose-headers')).toBe('X-Request-Id, Retry-After');
			expect(answered.get('access-control-allow-credentials')).toBeNull();
			expect(answered.get('vary')).toBe('Origin');
		}
	});

	it.each([
		'https://evil.example',
		'https://app.example.evil.example',
		'https://evil-app.example',
		'https://sub.app.example',
		'http://app.example',
		'https://app.example:8443',
		'https://app.example/',
		'HTTPS://APP.EXAMPLE',
		`${PAGE}, ${LOCAL}`,
		`${PAGE} ${LOCAL}`,
		'http://localhost:51730',
		'null',
		'*',
		'',
	])('a page from %s may read none', async (origin) => {
		const refused = await preflight(opened, origin);
		const answered = await post(opened, origin, scene.north.member);
		expect([refused.status, answered.status]).toEqual([405, 200]);
		for (const { headers } of [refused, answered])
			expect([readable(headers), headers.get('vary')]).toEqual([[], 'Origin']);
	});

	it('a page from there may read the keys of the log, also from a cache, and no other page may', async () => {
		const path = '/.well-known/firmseal/checkpoint-key';
		expect((await preflight(opened, PAGE, path)).status).toBe(204);
		const readers = [PAGE, 'https://evil.example', 'null'];
		const answers = await Promise.all(readers.map((origin) => send(opened, { headers: { origin } }, path)));
		expect(answers.map(({ headers }) => headers.get('access-control-allow-origin'))).toEqual([PAGE, null, null]);
		expect(answers.map(({ headers }) => headers.get('vary'))).toEqual(['Origin', 'Origin', 'Origin']);
	});

	it.each(['/health/live', '/health/ready', '/metrics', '/graphiql', '/nowhere'])(
		'no page may read %s',
		async (path) => {
			const answers = [await preflight(opened, PAGE, path), await send(opened, { headers: { origin: PAGE } }, path)];
			for (const { headers } of answers) expect(readable(headers)).toEqual([]);
		},
	);

	it('an OPTIONS that is not a preflight lists the allowed methods, and does nothing', async () => {
		const before = await countNotes();
		const { status, text } = await raw(opened, {
			method: 'OPTIONS',
			headers: { ...json, origin: PAGE },
			body: mutation,
		});
		expect([status, text]).toEqual([204, '']);
		expect((await send(opened, { method: 'OPTIONS' })).status).toBe(405);
		expect(await countNotes()).toBe(before);
	});
});

/** Sends what fetch() can't: any Content-Type, or none. */
function raw(api: TestApi, { method = 'POST', headers = {}, body = '' }: Sent, search = '') {
	return new Promise<{ status: number; text: string; headers: Record<string, unknown> }>((resolve, reject) => {
		const sent = requestHttp(`${api.url}/graphql${search}`, { method, headers }, (answer) => {
			let text = '';
			answer.setEncoding('utf8').on('data', (part: string) => {
				text += part;
			});
			answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
		});
		sent.on('error', reject);
		sent.end(body);
	});
}

describe('a request that a browser sends without a preflight', () => {
	/** Types that a page may send to any origin, according to at least one parser (GHSA-9q82-xgwf-vj6h). */
	const SIMPLE = [
		'text/plain',
		'text/plain; charset=utf-8',
		'text/plain;application/json',
		'text/plain, application/json',
		'text/plain; x="application/json"',
		'TEXT/PLAIN',
		' text/plain',
		'text/plain\t',
		'application/x-www-form-urlencoded',
		'application/x-www-form-urlencoded; charset=application/json',
		'multipart/form-data; boundary=x',
		'multipart/form-data; boundary=application/json',
	];
	/** Browsers send these only with a preflight, and no parser may read them as JSON or as a safe type. */
	const ODD = [
		'',
		';',
		';application/json',
		'application',
		'application/',
		'/json',
		'application/jsonx',
		'application/json, text/plain',
		'application/json/text/plain',
		'application/graphql',
		'message/rfc822',
		'text/json',
	];

	it.each([...SIMPLE, ...ODD])('POST as "%s" is refused, with a token and without', async (type) => {
		const before = await countNotes();
		for (const authorization of [`Bearer ${scene.north.member}`, undefined]) {
			const headers = { 'content-type': type, ...(authorization && { authorization }) };
			const { status, text } = await raw(scene.api, { headers, body: mutation });
			expect([400, 415]).toContain(status);
			expect(text).not.toContain('csrf-marker');
		}
		expect(await countNotes()).toBe(before);
	});

	it.each([...SIMPLE, ...ODD])('GET with a body type of "%s" does not get around that', async (type) => {
		const headers = { 'content-type': type, authorization: `Bearer ${scene.north.member}` };
		const { status, text } = await raw(
			scene.api,
			{ method: 'GET', headers },
			`?query=${encodeURIComponent('{viewer{email}}')}`,
		);
		expect([400, 415]).toContain(status);
		expect(text).not.toContain('north.example');
	});

	it('GET without a type and without a custom header is refused before authentication', async () => {
		const search = `?query=${encodeURIComponent('{viewer{email}}')}`;
		for (const headers of [{}, { authorization: `Bearer ${scene.north.member}` }, { 'apollo-require-preflight': '' }]) {
			const { status, text } = await raw(scene.api, { method: 'GET', headers }, search);
			expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
		}
	});

	it('POST takes nothing from its URL', async () => {
		const before = await countNotes();
		const search = `?query=${encodeURIComponent(JSON.parse(mutation).query)}`;
		const headers = { authorization: `Bearer ${scene.north.member}` };
		for (const sent of [{ headers }, { headers: { ...headers, 'content-type': 'application/json' }, body: '{"a":1}' }])
			expect((await raw(scene.api, sent, search)).status).toBe(400);
		expect(await countNotes()).toBe(before);
	});

	it('a token is accepted in the Authorization header only', async () => {
		const token = scene.north.member;
		const query = encodeURIComponent('{viewer{email}}');
		const headers = { 'apollo-require-preflight': '1', cookie: `authorization=Bearer ${token}; token=${token}` };
		const search = `?query=${query}&access_token=${token}&token=${token}`;
		expect((await raw(scene.api, { method: 'GET', headers }, search)).status).toBe(401);
	});
});
