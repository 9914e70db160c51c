import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApollo, createLogger, createMetrics, createSchema } from '../../src/api/index.ts';
import { CREATE, makeScene, NOTE, type Scene, UPDATE } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());

type Request = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> };

async function send(init: Request, search = '') {
	const response = await fetch(`${scene.api.url}/graphql${search}`, {
		...init,
		headers: { authorization: `Bearer ${scene.north.member}`, ...init.headers },
	});
	const text = await response.text();
	return { status: response.status, text, body: JSON.parse(text) };
}

const countNotes = async (): Promise<number> => (await scene.admin`select count(*)::int as n from notes`)[0]?.n;

describe('content that cannot be stored', () => {
	const MARKER = 'input-marker-7f3a';
	const refused: readonly [name: string, content: Record<string, unknown>][] = [
		['a title of 1,025 bytes', { title: MARKER + 'x'.repeat(1_025 - MARKER.length) }],
		['a title of 1,024 characters and more bytes', { title: MARKER + 'ü'.repeat(1_024 - MARKER.length) }],
		['a body of 524,289 bytes', { body: MARKER + 'x'.repeat(524_289 - MARKER.length) }],
		['NUL in a title', { title: `${MARKER}\0` }],
		['NUL in a body', { body: `\0${MARKER}` }],
		['a lone high surrogate', { title: `${MARKER}\ud800` }],
		['a lone low surrogate', { body: `${MARKER}\udc00 and more` }],
		['surrogates in reverse order', { title: `${MARKER}\udc00\ud800` }],
		['a number', { title: 7 }],
		['a list', { title: [MARKER, MARKER] }],
		['an object', { body: { [MARKER]: MARKER } }],
		['a field that is not in the input', { [`x_${MARKER.replaceAll('-', '_')}`]: MARKER }],
	];

	it.each(refused)(
		'%s is refused in variables, by create and by update, and nothing is written',
		async (_, content) => {
			const id = await scene.write({ title: 'before' });
			const before = await countNotes();
			for (const [query, input] of [
				[CREATE, content],
				[UPDATE, { id, expectedRevision: 1, ...content }],
			] as const) {
				const answer = await scene.api.ask(scene.north.member, query, { input });
				expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
				expect(answer.text).not.toContain(MARKER);
			}
			expect(await countNotes()).toBe(before);
			expect((await scene.api.ask(scene.north.member, NOTE, { id })).data.note).toMatchObject({
				title: 'before',
				revision: 1,
			});
		},
	);

	it.each([
		['NUL', `"${MARKER}\\u0000"`, 'BAD_USER_INPUT'],
		['a lone surrogate', `"${MARKER}\\ud800"`, 'GRAPHQL_PARSE_FAILED'],
		['a lone surrogate in braces', `"${MARKER}\\u{d800}"`, 'GRAPHQL_PARSE_FAILED'],
		['a title that is too long', `"${MARKER}${'x'.repeat(1_100)}"`, 'BAD_USER_INPUT'],
		['an unterminated string', `"${MARKER}`, 'GRAPHQL_PARSE_FAILED'],
		['a number', '7777777777777', 'GRAPHQL_VALIDATION_FAILED'],
		['an enum', MARKER.replaceAll('-', '_'), 'GRAPHQL_VALIDATION_FAILED'],
		['an object', `{ a: "${MARKER}" }`, 'GRAPHQL_VALIDATION_FAILED'],
		['a block string with NUL', `"""${MARKER}\0"""`, 'BAD_USER_INPUT'],
	])('%s is refused in a literal', async (_, literal, code) => {
		const before = await countNotes();
		const answer = await scene.api.ask(
			scene.north.member,
			`mutation { createNote(input: { title: ${literal} }) { note { id } } }`,
		);
		expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual([code]);
		expect(answer.text).not.toMatch(/input.marker|7777777777777/);
		expect(await countNotes()).toBe(before);
	});

	it.each(['title', 'body'] as const)('content just within the limits is stored unchanged: %s', async (field) => {
		const longest = { title: 1_024, body: 131_072 }[field];
		for (const value of [
			'',
			'x'.repeat(longest),
			'🜁'.repeat(longest / 4),
			'\u{feff}\u200b\u202e"\\{{}}',
			'\r\n\t\u0001\u007f',
		]) {
			const id = await scene.write({ [field]: value });
			const { data } = await scene.api.ask(scene.north.member, NOTE, { id });
			expect(data.note[field] === value).toBe(true);
		}
	});

	it('a body over the limit of the connection is 413, whatever it contains', async () => {
		const body = JSON.stringify({ query: CREATE, variables: { input: { body: MARKER.repeat(80_000) } } });
		const {
			status,
			body: problem,
			text,
		} = await send({ method: 'POST', headers: { 'content-type': 'application/json' }, body });
		expect([status, problem.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
		expect(text).not.toContain(MARKER);
	});

	it('none of it is in the log', () => {
		expect(scene.api.lines.length).toBeGreaterThan(50);
		expect(scene.api.lines.join('')).not.toMatch(/input.marker|7777777777777/);
	});
});

describe('a request that a browser can be made to send', () => {
	const mutation = 'mutation { createNote(input: { title: "csrf-marker" }) { note { id } } }';
	const json = JSON.stringify({ query: mutation });
	const form = () => {
		const parts = new FormData();
		parts.set('operations', json);
		parts.set('map', '{}');
		return parts;
	};

	it.each<[name: string, status: number, init: () => Request, search?: string]>([
		['POST as text/plain', 415, () => ({ method: 'POST', headers: { 'content-type': 'text/plain' }, body: json })],
		[
			'POST as a form',
			415,
			() => ({
				method: 'POST',
				headers: { 'content-type': 'application/x-www-form-urlencoded' },
				body: new URLSearchParams({ query: mutation }).toString(),
			}),
		],
		['POST as multipart', 415, () => ({ method: 'POST', body: form() })],
		[
			'POST as multipart with a preflight header',
			415,
			() => ({ method: 'POST', headers: { 'apollo-require-preflight': 'true' }, body: form() }),
		],
		['POST without a type', 415, () => ({ method: 'POST', body: new Blob([json]) })],
		[
			'GET without a preflight header',
			400,
			() => ({ method: 'GET' }),
			`?query=${encodeURIComponent('{ viewer { id } }')}`,
		],
		[
			'GET of a mutation',
			405,
			() => ({ method: 'GET', headers: { 'apollo-require-preflight': 'true' } }),
			`?query=${encodeURIComponent(mutation)}`,
		],
		[
			'a list of documents',
			400,
			() => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: `[${json},${json}]` }),
		],
		[
			'broken JSON',
			400,
			() => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: `${json}"csrf-marker` }),
		],
		['no document', 400, () => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })],
	])('%s is refused with %i and changes nothing', async (_, status, init, search) => {
		const before = await countNotes();
		const answer = await send(init(), search);
		expect(answer.status).toBe(status);
		expect(answer.text).not.toContain('csrf-marker');
		expect(await countNotes()).toBe(before);
	});

	it('is answered as a GET query with a preflight header', async () => {
		const { status, body } = await send(
			{ method: 'GET', headers: { 'apollo-require-preflight': 'true' } },
			`?query=${encodeURIComponent('{ viewer { role } }')}`,
		);
		expect([status, body.data]).toEqual([200, { viewer: { role: 'MEMBER' } }]);
	});

	it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])('does not get in with %s', async (method) => {
		const response = await fetch(`${scene.api.url}/graphql`, {
			method,
			headers: { authorization: `Bearer ${scene.north.member}` },
		});
		expect(response.status).toBe(405);
		expect(response.headers.get('access-control-allow-origin')).toBeNull();
	});
});

describe('the schema in production', () => {
	const apollo = createApollo({
		schema: createSchema().schema,
		logger: createLogger({ level: 'silent' }),
		metrics: createMetrics(),
		introspection: false,
	});
	const errorsOf = async (query: string) => {
		const { body } = await apollo.executeOperation({ query }, { contextValue: {} as never });
		return body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
	};
	afterAll(() => apollo.stop());

	it.each([
		'{ __schema { types { name } } }',
		'{ __type(name: "Note") { fields { name } } }',
		'{ a: __schema { queryType { name } } }',
		'fragment F on Query { __schema { types { name } } } { ...F }',
	])('is not revealed: %s', async (query) => {
		const errors = await errorsOf(query);
		expect(errors.map(({ extensions }) => extensions?.code)).toContain('GRAPHQL_VALIDATION_FAILED');
	});

	it('cannot be guessed from suggestions', async () => {
		const [error] = await errorsOf('{ viewr { id } }');
		expect(error?.message).not.toMatch(/viewer|did you mean/i);
	});
});
