import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HTTP_LIMITS } from '../../../src/api/http/http-limits.ts';
import { MARKER, startServer, UUID_V7 } from './start-server.ts';

/**
 * Sends the parts over one connection, and repeats the last part if they drip. Returns everything received until the connection
 * closed.
 */
async function talk(origin: string, parts: readonly string[], drips = false): Promise<string> {
	const { hostname, port } = new URL(origin);
	const socket = connect(Number(port), hostname);
	let text = '';
	socket.on('data', (bytes) => {
		text += bytes.toString();
	});
	socket.on('error', () => {});
	const closed = once(socket, 'close');
	for (const part of parts) if (socket.writable) socket.write(part);
	const dripping = drips && setInterval(() => socket.writable && socket.write(parts.at(-1) ?? ''), 10);
	await closed;
	if (dripping) clearInterval(dripping);
	return text;
}

function problemIn(text: string) {
	const [head = '', body = ''] = text.split('\r\n\r\n');
	expect(head).toMatch(/content-type: application\/problem\+json/i);
	expect(head).toMatch(/cache-control: no-store/i);
	expect(head).toMatch(/connection: close/i);
	const problem = JSON.parse(body);
	expect(problem.requestId).toMatch(UUID_V7);
	expect(head.toLowerCase()).toContain(`x-request-id: ${problem.requestId}`);
	return problem;
}

const post = (length: number) =>
	`POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

describe('HTTP limits', () => {
	it('accept 1 MiB of content, and refuse a larger body unread', async () => {
		const { ask, log } = await startServer();
		const content = (bytes: number) => ask('query ($id: ID) { note(id: $id) }', { id: 'x'.repeat(bytes) });
		const taken = await content(1024 * 1024);
		expect(await taken.json()).toEqual({ data: { note: 'note' } });
		const refused = await content(HTTP_LIMITS.body);
		expect(refused.status).toBe(413);
		expect(await refused.json()).toMatchObject({
			status: 413,
			code: 'PAYLOAD_TOO_LARGE',
			detail: expect.stringContaining('1088 KiB'),
		});
		expect(log()).not.toContain('"level":50');
	});

	it('refuse a large body without a declared length', async () => {
		const { origin } = await startServer({ limits: { body: 1000 } });
		const chunk = `${(600).toString(16)}\r\n${MARKER.padEnd(600, 'x')}\r\n`;
		const head =
			'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
		const text = await talk(origin, [head, chunk, chunk, '0\r\n\r\n']);
		expect(text).toMatch(/^HTTP\/1\.1 413 /);
		expect(text).toContain('"code":"PAYLOAD_TOO_LARGE"');
		expect(text).not.toContain(MARKER);
	});

	it('refuse headers that are too large', async () => {
		const { origin } = await startServer();
		const text = await talk(origin, [`GET / HTTP/1.1\r\nHost: x\r\nX: ${MARKER.repeat(2000)}\r\n\r\n`]);
		expect(problemIn(text)).toMatchObject({
			status: 431,
			code: 'PAYLOAD_TOO_LARGE',
			detail: expect.stringContaining('16 KiB'),
		});
		expect(text).not.toContain(MARKER);
	});

	it('refuse anything that is not HTTP', async () => {
		const { origin } = await startServer();
		const text = await talk(origin, [`${MARKER}\r\n\r\n`]);
		expect(problemIn(text)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
		expect(text).not.toContain(MARKER);
	});

	it.each([
		['two different Host headers', '/health/live', 'Host: x\r\nHost: y\r\n'],
		['two equal Host headers', '/health/live', 'Host: x\r\nhOST: x\r\n'],
		['two Host headers for an unknown path', '/nothing', 'Host: x\r\nHost: y\r\n'],
		['a list of hosts in one Host header', '/health/live', 'Host: x, y\r\n'],
		['no Host header', '/health/live', ''],
		['a target URL that names another host', 'http://y/health/live', 'Host: x\r\n'],
		['two equal Authorization headers', '/health/live', `Host: x\r\n${'Authorization: Bearer a\r\n'.repeat(2)}`],
		['two Authorization headers', '/graphql', 'Host: x\r\nAuthorization: Bearer a\r\nauthorization: Bearer b\r\n'],
	])('refuse a request with %s, and close the connection', async (_, target, headers) => {
		const { origin } = await startServer();
		const next = 'GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
		const text = await talk(origin, [`GET ${target} HTTP/1.1\r\n${headers}\r\n${next}`]);
		expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
		expect(problemIn(text)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
	});

	it('end a connection whose headers arrive too slowly', async () => {
		const { origin } = await startServer({
			limits: { headersTimeout: 150, requestTimeout: 3_600_000, checkInterval: 25 },
		});
		const text = await talk(origin, ['GET / HTTP/1.1\r\n', 'X: 1\r\n'], true);
		expect(problemIn(text)).toMatchObject({ status: 408, code: 'BAD_USER_INPUT' });
	});

	it('end a connection whose body arrives too slowly', async () => {
		const { origin } = await startServer({ limits: { headersTimeout: 100, requestTimeout: 200, checkInterval: 25 } });
		const text = await talk(origin, [post(1_000_000), ' '], true);
		expect(problemIn(text)).toMatchObject({ status: 408 });
	});

	it('end a connection that sends nothing', async () => {
		const { origin } = await startServer({ limits: { connectionTimeout: 150 } });
		expect(await talk(origin, [])).toBe('');
	});

	it('trust forwarded addresses only from the configured proxies', async () => {
		const address = async (trustProxy: readonly string[] | null) => {
			let ip = '';
			const { ask } = await startServer({
				server: { trustProxy },
				enter: async ({ request }) => {
					ip = request.ip;
					return {};
				},
			});
			await ask('{ hello }', {}, { 'x-forwarded-for': '203.0.113.9' });
			return ip;
		};
		expect(await address(null)).toBe('127.0.0.1');
		expect(await address(['10.0.0.1'])).toBe('127.0.0.1');
		expect(await address(['loopback'])).toBe('203.0.113.9');
	});
});
