import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../../src/database/index.ts';
import { FirmsealError } from '../../../src/errors.ts';
import { DatabaseFailure, MARKER, startServer, UUID_V7 } from './start-server.ts';

interface Answer {
	readonly errors: readonly { readonly extensions: { readonly requestId?: string } }[];
}

const problem = (status: number, code: string) => ({
	type: 'about:blank',
	title: expect.any(String),
	status,
	detail: expect.stringMatching(/\.$/),
	code,
	requestId: expect.stringMatching(UUID_V7),
});

describe('every response', () => {
	it('carries a request id made by the server, whatever the client sends, and the security headers of an API', async () => {
		const { ask, origin } = await startServer();
		const answers = [
			await ask('{ hello }', {}, { 'x-request-id': 'chosen-by-client' }),
			await fetch(`${origin}/nowhere`, { headers: { 'x-request-id': 'chosen-by-client' } }),
			await fetch(`${origin}/%E0%A4%A`),
			await fetch(`${origin}/metrics`),
		];
		const ids = answers.map(({ headers }) => headers.get('x-request-id') ?? '');
		for (const id of ids) expect(id).toMatch(UUID_V7);
		expect(new Set(ids).size).toBe(answers.length);
		for (const { headers } of answers) {
			expect(headers.get('cache-control')).toBe('no-store');
			expect(headers.get('x-content-type-options')).toBe('nosniff');
			expect(headers.get('content-security-policy')).toContain("default-src 'none'");
			expect(headers.get('x-powered-by')).toBeNull();
			expect(headers.get('server')).toBeNull();
			expect(headers.get('strict-transport-security')).toBeNull();
		}
	});
});

describe('/graphql', () => {
	it('answers POST and GET, and refuses a mutation by GET', async () => {
		const { ask, origin } = await startServer();
		const posted = await ask('{ hello }');
		expect(posted.status).toBe(200);
		expect(await posted.json()).toEqual({ data: { hello: 'world' } });
		const headers = { 'apollo-require-preflight': 'yes' };
		const got = await fetch(`${origin}/graphql?query=${encodeURIComponent('{ hello }')}`, { headers });
		expect(await got.json()).toEqual({ data: { hello: 'world' } });
		const query = encodeURIComponent('mutation { createNote(input: { title: "x" }) }');
		const mutation = await fetch(`${origin}/graphql?query=${query}`, { headers });
		expect(mutation.status).toBe(405);
		expect(mutation.headers.get('allow')).toBe('POST');
		expect(((await mutation.json()) as Answer).errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
	});

	it.each([
		['UNAUTHENTICATED', 401, 'www-authenticate', 'Bearer'],
		['RATE_LIMITED', 429, 'retry-after', null],
		['KEY_UNAVAILABLE', 503, 'retry-after', '5'],
	] as const)('answers %s while the context is built with %i', async (code, status, header, value) => {
		const enter = async () => {
			throw new FirmsealError(code, 'Do something about it.');
		};
		const answer = await (await startServer({ enter })).ask('{ hello }');
		expect(answer.status).toBe(status);
		expect(answer.headers.get(header)).toBe(value);
		expect(await answer.json()).toEqual({ errors: [{ message: 'Do something about it.', extensions: { code } }] });
	});

	it('answers an unforeseen error while the context is built as INTERNAL', async () => {
		const enter = async () => {
			throw new DatabaseFailure(MARKER);
		};
		const { ask, log } = await startServer({ enter });
		const answer = await ask('{ hello }');
		expect(answer.status).toBe(500);
		const text = await answer.text();
		expect(JSON.parse(text).errors[0].extensions).toEqual({
			code: 'INTERNAL',
			requestId: answer.headers.get('x-request-id'),
		});
		expect(text + log()).not.toContain(MARKER);
		expect(log()).toContain('DatabaseFailure');
	});

	it('answers 200 if there is data, and with the status of the error code if there is none', async () => {
		const { ask } = await startServer();
		expect((await ask('{ hello forbidden }')).status).toBe(200);
		const away = await ask('{ away }');
		expect(away.status).toBe(503);
		expect(away.headers.get('retry-after')).toBe('5');
		expect((await ask('{ missing }')).status).toBe(500);
		expect((await ask('{ nothing }')).status).toBe(400);
		expect((await ask('{')).status).toBe(400);
	});

	it('gives each of many concurrent INTERNAL errors its own request id', async () => {
		const { ask, begun, releaseSlow } = await startServer();
		const asked = Array.from({ length: 20 }, () => ask('{ slow unforeseen }'));
		await begun;
		releaseSlow();
		const answers = await Promise.all(asked);
		for (const answer of answers) {
			const [error] = ((await answer.json()) as Answer).errors;
			expect(error?.extensions.requestId).toBe(answer.headers.get('x-request-id'));
		}
	});
});

describe('outside GraphQL', () => {
	it.each<[string, RequestInit, number, string]>([
		['/nowhere', {}, 404, 'NOT_FOUND'],
		[`/${MARKER}?q=${MARKER}`, {}, 404, 'NOT_FOUND'],
		['/graphql/', {}, 404, 'NOT_FOUND'],
		['/graphiql', {}, 404, 'NOT_FOUND'],
		['/graphql', { method: 'PUT', body: MARKER, headers: { 'content-type': 'text/plain' } }, 405, 'BAD_USER_INPUT'],
		['/graphql', { method: 'DELETE' }, 405, 'BAD_USER_INPUT'],
		[`/%E0%A4%A/${MARKER}`, {}, 400, 'BAD_USER_INPUT'],
		[
			'/graphql',
			{ method: 'POST', body: `{"${MARKER}`, headers: { 'content-type': 'application/json' } },
			400,
			'BAD_USER_INPUT',
		],
		['/graphql', { method: 'POST', body: '', headers: { 'content-type': 'application/json' } }, 400, 'BAD_USER_INPUT'],
		['/graphql', { method: 'POST', body: MARKER, headers: { 'content-type': 'text/plain' } }, 415, 'BAD_USER_INPUT'],
		['/graphql', { method: 'POST', body: MARKER, headers: { 'content-type': MARKER } }, 415, 'BAD_USER_INPUT'],
		[
			'/graphql',
			{ method: 'POST', body: '{"__proto__":{"x":1}}', headers: { 'content-type': 'application/json' } },
			400,
			'BAD_USER_INPUT',
		],
	])('answers %s %o with a problem document', async (path, init, status, code) => {
		const { origin, log } = await startServer();
		const answer = await fetch(origin + path, init);
		expect(answer.status).toBe(status);
		expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
		const text = await answer.text();
		expect(JSON.parse(text)).toEqual(problem(status, code));
		expect(JSON.parse(text).requestId).toBe(answer.headers.get('x-request-id'));
		expect(text + log()).not.toContain(MARKER);
	});

	it('answers an error of another route with its code, or as INTERNAL', async () => {
		const { origin, log } = await startServer({
			routes: (app) => {
				app.get('/away', async () => {
					throw new FirmsealError('AUDIT_UNAVAILABLE', 'The audit log is away: try again.');
				});
				app.get('/cancelled', async () => {
					throw new DatabaseError('57014', null);
				});
				app.get('/broken', async () => {
					throw Object.assign(new DatabaseFailure(MARKER), { statusCode: 200 });
				});
			},
		});
		const away = await fetch(`${origin}/away`);
		expect(away.status).toBe(503);
		expect(away.headers.get('retry-after')).toBe('5');
		expect(await away.json()).toMatchObject({
			code: 'AUDIT_UNAVAILABLE',
			detail: 'The audit log is away: try again.',
		});
		const cancelled = await fetch(`${origin}/cancelled`);
		expect([cancelled.status, cancelled.headers.get('retry-after')]).toEqual([503, '5']);
		expect(await cancelled.json()).toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
		const broken = await fetch(`${origin}/broken`);
		const text = await broken.text();
		expect(broken.status).toBe(500);
		expect(JSON.parse(text)).toEqual(problem(500, 'INTERNAL'));
		expect(text + log()).not.toContain(MARKER);
		expect(log()).toContain('"class":"DatabaseFailure","code":"23505"');
	});
});

describe('the request log', () => {
	it('has method, route, status, time and request id, and nothing that the client chose', async () => {
		const { ask, origin, log } = await startServer();
		const answer = await ask(
			`query ${MARKER.replaceAll('-', '_')} { hello }`,
			{ x: MARKER },
			{ authorization: `Bearer ${MARKER}` },
		);
		await fetch(`${origin}/health/live?${MARKER}`, { headers: { 'user-agent': MARKER, 'x-request-id': MARKER } });
		await fetch(`${origin}/${MARKER}`);
		const lines = log()
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(lines.map(({ method, route, status }) => [method, route, status])).toEqual([
			['POST', '/graphql', 200],
			['GET', '/health/live', 200],
			['GET', 'none', 404],
		]);
		expect(lines[0].requestId).toBe(answer.headers.get('x-request-id'));
		for (const line of lines) {
			expect(Object.keys(line).sort()).toEqual([
				'level',
				'method',
				'ms',
				'msg',
				'requestId',
				'route',
				'status',
				'time',
			]);
			expect(line.ms).toBeGreaterThanOrEqual(0);
		}
		expect(log()).not.toMatch(RegExp(`${MARKER}|${MARKER.replaceAll('-', '_')}`));
	});
});
