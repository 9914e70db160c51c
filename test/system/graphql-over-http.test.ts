import { auditServer } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';

let installation: TestInstallation;
let firm: TestFirm;
let api: TestApi;

beforeAll(async () => {
	({ installation, north: firm } = await makePopulated(embedded));
	api = await installation.serve();
});
afterAll(() => installation?.close());

const JSON_TYPE = 'application/json; charset=utf-8';
const RESPONSE_TYPE = 'application/graphql-response+json; charset=utf-8';

type Sent = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> };

const send = (init: Sent, search = '') =>
	fetch(`${api.url}/graphql${search}`, {
		...init,
		headers: { authorization: `Bearer ${firm.member}`, ...init.headers },
	});

const post = (body: unknown, headers: Record<string, string> = {}) =>
	send({ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });

const countNotes = async (): Promise<number> => (await installation.admin`select count(*)::int as n from notes`)[0]?.n;

describe("the GraphQL Foundation's audit of GraphQL over HTTP", () => {
	const audit = async (headers: Record<string, string> = {}) => {
		const fetchFn = (url: string, init: { headers?: Record<string, string> } = {}) =>
			fetch(url, { ...init, headers: { authorization: `Bearer ${firm.member}`, ...headers, ...init.headers } });
		const results = await auditServer({ url: `${api.url}/graphql`, fetchFn });
		expect(results.length).toBeGreaterThan(50);
		return results.flatMap((result) =>
			result.status === 'ok' ? [] : [`${result.id} ${result.name}: ${result.reason}`],
		);
	};

	it('finds nothing with a client that sends a preflight header', async () => {
		expect(await audit({ 'apollo-require-preflight': 'true' })).toEqual([]);
	});

	it('finds only permitted refusals of queries by GET with a client that sends no preflight header', async () => {
		const found = await audit();
		expect(found.map((line) => line.slice(0, 8))).toEqual(['5A70 MAY', 'D6D5 MAY', '6A70 MAY']);
	});
});

describe('a response', () => {
	const wrong = [
		['does not parse', { query: '{' }],
		['does not match the schema', { query: '{ nothing }' }],
		['has wrong variables', { query: 'query ($id: ID!) { note(id: $id) { id } }', variables: {} }],
		['has two operations and names none', { query: 'query A { __typename } query B { __typename }' }],
	] as const;

	it.each(wrong)('to a document that %s has no data, and the status of the requested type', async (_, body) => {
		for (const [accept, status, type] of [
			['application/graphql-response+json', 400, RESPONSE_TYPE],
			['application/json', 200, JSON_TYPE],
			['*/*', 400, JSON_TYPE],
			['application/graphql-response+json, application/json;q=0.9', 400, RESPONSE_TYPE],
		] as const) {
			const answer = await post(body, { accept });
			expect([answer.status, answer.headers.get('content-type')]).toEqual([status, type]);
			expect(Object.keys((await answer.json()) as object)).toEqual(['errors']);
		}
	});

	it('to a caller without permission has the status of its code in either type', async () => {
		for (const accept of ['application/json', 'application/graphql-response+json']) {
			const anonymous = await post({ query: '{ viewer { id } }' }, { authorization: '', accept });
			expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
			const client = await post(
				{ query: 'mutation { createNote(input: {}) { note { id } } }' },
				{ authorization: `Bearer ${firm.client}`, accept },
			);
			const { errors } = (await client.json()) as { errors: [{ extensions: { code: string } }] };
			expect(errors[0].extensions.code).toBe('FORBIDDEN');
		}
	});

	it.each([
		'text/html',
		'image/*',
		'application/json;q=0',
		'application/xml, text/plain',
		'application/json; charset=utf-16',
	])('that must be %s is refused with 406 before anything is done', async (accept) => {
		const before = await countNotes();
		const answer = await post(
			{ query: 'mutation { createNote(input: { title: "unseen" }) { note { id } } }' },
			{ accept },
		);
		expect(answer.status).toBe(406);
		expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
		expect(await answer.json()).toMatchObject({ status: 406, code: 'BAD_USER_INPUT' });
		expect(await countNotes()).toBe(before);
	});

	it('may never be cached, no matter which status it has', async () => {
		const query = '{ viewer { id } }';
		const answers = [
			await post({ query }),
			await post({ query: '{' }),
			await post({ query }, { authorization: '' }),
			await post({ query }, { accept: 'text/html' }),
			await post({ query, extensions: { persistedQuery: { version: 1, sha256Hash: 'ab'.repeat(32) } } }),
			await post({}),
			await send({ method: 'POST', headers: { 'content-type': 'text/plain' }, body: query }),
			await send({ headers: { 'apollo-require-preflight': '1' } }, `?query=${encodeURIComponent(query)}`),
			await send({}, `?query=${encodeURIComponent(query)}`),
			await send({ method: 'OPTIONS' }),
		];
		expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 406, 400, 400, 415, 200, 400, 405]);
		for (const { headers } of answers) {
			expect(headers.get('cache-control')).toBe('no-store');
			expect(headers.get('etag')).toBeNull();
		}
	});
});

describe('the GraphQL path', () => {
	it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])(
		'refuses %s with 405 and names the permitted methods',
		async (method) => {
			const answer = await send({ method });
			expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
		},
	);

	it('refuses a mutation by GET with 405, and nothing changes', async () => {
		const before = await countNotes();
		const query = encodeURIComponent('mutation { createNote(input: { title: "by GET" }) { note { id } } }');
		const answer = await send({ headers: { 'apollo-require-preflight': '1' } }, `?query=${query}`);
		expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
		expect(await countNotes()).toBe(before);
	});
});

describe('a body', () => {
	const create = 'mutation ($title: String) { createNote(input: { title: $title }) { note { title } } }';
	const body = (title: string) => JSON.stringify({ query: create, variables: { title } });

	it.each([
		'application/json',
		'application/json; charset=utf-8',
		'application/json;charset=UTF-8',
		'application/json; charset="utf-8"',
		'APPLICATION/JSON',
	])('of type %s is accepted unchanged', async (type) => {
		const answer = await send({ method: 'POST', headers: { 'content-type': type }, body: body('Ünïcode 🏊') });
		expect([answer.status, await answer.json()]).toEqual([
			200,
			{ data: { createNote: { note: { title: 'Ünïcode 🏊' } } } },
		]);
	});

	it.each([
		['claims to be Latin-1', 'application/json; charset=iso-8859-1', 'latin1', 415],
		['claims to be UTF-16', 'application/json; charset=utf-16le', 'utf16le', 415],
		['is Latin-1 without a charset', 'application/json', 'latin1', 400],
		['is Latin-1 and claims to be UTF-8', 'application/json; charset=utf-8', 'latin1', 400],
		['is UTF-16 without a charset', 'application/json', 'utf16le', 400],
	] as const)('that %s is refused, not sealed as something else', async (_, type, encoding, status) => {
		const before = await countNotes();
		const bytes = Buffer.from(body('Müller'), encoding);
		const answer = await send({ method: 'POST', headers: { 'content-type': type }, body: bytes });
		expect(answer.status).toBe(status);
		expect(await countNotes()).toBe(before);
	});
});
