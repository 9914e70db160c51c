import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientHttp2Stream, connect as connectHttp2, constants } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Admission, createAdmission } from '../../../src/api/limits/index.ts';
import type { HttpExchange } from '../../../src/api/request/index.ts';
import { steppedClock } from '../../support/stepped-clock.ts';
import { makeCertificate } from './certificate.ts';
import { startServer } from './start-server.ts';

const AT_ONCE = 8;
/** Of one address. */
const MOST = 1 + AT_ONCE / 2;

/** Requests of one address that run or wait until `releaseAll`, and take all slots of the address. */
async function startFull() {
	const admission = createAdmission(AT_ONCE, steppedClock());
	const gate = Promise.withResolvers<void>();
	const server = await startServer({ admission, enter: () => gate.promise.then(() => ({})) });
	server.metrics.watchRequests(admission.requestCounts);
	const running = Array.from({ length: MOST }, () => server.ask('{ hello }'));
	await expect.poll(() => admission.requestCounts().waiting).toBe(MOST - 1);
	return {
		...server,
		admission,
		/** The final statuses of all requests. */
		async releaseAll(): Promise<number[]> {
			gate.resolve();
			return (await Promise.all(running)).map(({ status }) => status);
		},
	};
}

/** Finds the account of one token, like the API does. */
const knowing =
	(admission: Admission, token: string) =>
	async ({ request }: HttpExchange) => {
		if (request.headers.authorization === `Bearer ${token}`)
			await admission.assignAccount(request, 'member', { name: 'firm', role: 'OWNER' });
		return {};
	};

describe('a server with no free slot for an address', () => {
	it('refuses with 429 and a waiting time, as a GraphQL response', async () => {
		const { ask, releaseAll } = await startFull();
		const refused = await ask('{ hello }');
		expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2']);
		expect(refused.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
		expect(refused.headers.get('cache-control')).toBe('no-store');
		expect(await refused.json()).toEqual({
			errors: [
				{
					message: 'Too many of your requests are running at once: wait for some of the answers.',
					extensions: { code: 'RATE_LIMITED' },
				},
			],
		});
		const older = await ask('{ hello }', undefined, { accept: 'application/json' });
		expect([older.status, older.headers.get('content-type')]).toEqual([429, 'application/json; charset=utf-8']);
		expect(await releaseAll()).toEqual(Array(MOST).fill(200));
		expect(await (await ask('{ hello }')).json()).toEqual({ data: { hello: 'world' } });
	});

	it('refuses before the body arrives', async () => {
		const { origin, releaseAll } = await startFull();
		const { hostname, port } = new URL(origin);
		const socket = connect(Number(port), hostname);
		socket.write(
			'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{',
		);
		const [bytes] = await once(socket, 'data');
		expect(String(bytes)).toMatch(/^HTTP\/1\.1 429 /);
		socket.destroy();
		await releaseAll();
	});

	it('refuses another long or unsized body while it reads as many as allowed, but not a short one or a firm’s', async () => {
		const admission = createAdmission(AT_ONCE, steppedClock());
		const { ask, origin } = await startServer({ admission, enter: knowing(admission, 'known') });
		const { hostname, port } = new URL(origin);
		const begin = async (head: string, path = '/graphql') => {
			const socket = connect(Number(port), hostname);
			socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${head}\r\n\r\n`);
			const [bytes] = await once(socket, 'data');
			return { socket, status: String(bytes).slice(9, 12) };
		};
		const held = [];
		for (let n = 0; n < MOST; n++) held.push(await begin('Content-Length: 100000\r\nExpect: 100-continue'));
		expect(held.map(({ status }) => status)).toEqual(Array(MOST).fill('100'));
		for (const head of ['Content-Length: 100000', 'Transfer-Encoding: chunked'])
			expect((await begin(head)).status).toBe('429');
		expect((await begin('Content-Length: 100000', '/nothing')).status).toBe('404');
		expect((await ask('{ hello }')).status).toBe(200);
		const long = { id: 'x'.repeat(100_000) };
		const authorization = 'Bearer known';
		void admission.assignAccount({ ip: '127.0.0.1', headers: { authorization } }, 'member', {
			name: 'firm',
			role: 'OWNER',
		});
		for (let n = 0; n < MOST + 1; n++) expect((await ask('{ hello }', long, { authorization })).status).toBe(200);
		for (const { socket } of held) socket.destroy();
		await expect.poll(async () => (await ask('{ hello }', long)).status).toBe(200);
	});

	it.each([
		['media type', '415', 'Content-Type: text/plain\r\nContent-Length: 100000'],
		['length', '413', 'Content-Type: application/json\r\nContent-Length: 2000000'],
	])('reads long bodies again after many that were refused early for their %s', async (_, status, head) => {
		const { ask, origin } = await startServer({ admission: createAdmission(AT_ONCE, steppedClock()) });
		const { hostname, port } = new URL(origin);
		for (let n = 0; n < MOST; n++) {
			const socket = connect(Number(port), hostname);
			socket.write(`POST /graphql HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\nxx`);
			const [bytes] = await once(socket, 'data');
			expect(String(bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*\r\nconnection: close\r\n`, 'i'));
			socket.destroy();
		}
		await expect.poll(async () => (await ask('{ hello }', { id: 'x'.repeat(100_000) })).status).toBe(200);
	});

	it.each([
		['was cut', (socket: Socket) => socket.destroy()],
		['ended as invalid JSON', (socket: Socket) => socket.write('0\r\n\r\n')],
	])('does not count an account’s long bodies as the firm’s once one with its token %s', async (_, end) => {
		const admission = createAdmission(AT_ONCE, steppedClock());
		const { ask, origin } = await startServer({ admission, enter: knowing(admission, 'stays') });
		const { hostname, port } = new URL(origin);
		const know = (token: string, account: string) =>
			void admission.assignAccount({ ip: '127.0.0.9', headers: { authorization: `Bearer ${token}` } }, account, {
				name: 'firm',
				role: 'OWNER',
			});
		for (const [token, account] of [
			['left', 'removed'],
			['older', 'removed'],
			['stays', 'member'],
		] as const)
			know(token, account);
		const open = async (token: string, localAddress = hostname) => {
			const socket = connect({ port: Number(port), host: hostname, localAddress });
			socket.write(
				`POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer ${token}\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n`,
			);
			await once(socket, 'data');
			socket.write('1\r\n{\r\n');
			return socket;
		};
		const askLong = async () =>
			(await ask('{ hello }', { id: 'x'.repeat(100_000) }, { authorization: 'Bearer stays' })).status;
		const held = await Promise.all(Array.from({ length: MOST }, () => open('left')));
		expect(await askLong()).toBe(429);
		for (const socket of held) end(socket);
		await expect.poll(askLong).toBe(200);
		for (const [token, address] of [
			['left', '127.0.0.2'],
			['older', '127.0.0.3'],
		] as const) {
			const again = await Promise.all(Array.from({ length: MOST }, () => open(token, address)));
			expect(await askLong()).toBe(200);
			for (const socket of [...held, ...again]) socket.destroy();
		}
	});

	it('still answers health and metrics', async () => {
		const { origin, releaseAll } = await startFull();
		for (const path of ['live', 'ready']) expect((await fetch(`${origin}/health/${path}`)).status).toBe(200);
		const text = await (await fetch(`${origin}/metrics`)).text();
		expect(text).toMatch(/^firmseal_requests\{state="working"\} 1$/m);
		expect(text).toMatch(new RegExp(`^firmseal_requests\\{state="waiting"\\} ${MOST - 1}$`, 'm'));
		await releaseAll();
	});

	it('frees slots once the responses are sent, even to readers that have gone, and logs each request once', async () => {
		const { admission, ask, begun, releaseAll, releaseSlow, log, metrics, origin } = await startFull();
		await releaseAll();
		const recorded = () => (log().match(/"status":\d+/g) ?? []).slice(MOST);
		const { hostname, port } = new URL(origin);
		const socket = connect(Number(port), hostname);
		const body = '{"query":"{ slow }"}';
		const request = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
		// The second would be answered after the first.
		socket.write(request + request);
		await begun;
		socket.destroy();
		await expect.poll(recorded).toEqual(Array(2).fill('"status":499'));
		releaseSlow();
		await expect.poll(() => admission.requestCounts().working).toBe(0);
		expect((await ask('{ hello }')).status).toBe(200);
		await expect.poll(recorded).toEqual(['"status":499', '"status":499', '"status":200']);
		expect((await metrics.render()).text).toContain(
			'firmseal_http_request_seconds_count{route="/graphql",status="4xx"} 2\n',
		);
	});
});

describe('a response that its reader does not accept', () => {
	const { certFile, keyFile } = makeCertificate();

	/** Sends a request over HTTP/1.1, and reads only the answer's head. */
	async function askAndStop(origin: string, query: string) {
		const { hostname, port } = new URL(origin);
		const socket = connect(Number(port), hostname);
		socket.on('error', () => {});
		const body = JSON.stringify({ query });
		socket.write(
			`POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
		);
		await once(socket, 'readable');
		return socket;
	}

	async function start(server: Parameters<typeof startServer>[0] = {}) {
		const clock = steppedClock();
		const admission = createAdmission(AT_ONCE, clock);
		const working = () => admission.requestCounts().working;
		return { clock, working, ...(await startServer({ admission, clock, ...server })) };
	}

	it('holds its slot until it is sent or its reader has gone', async () => {
		const { origin, working } = await start();
		const socket = await askAndStop(origin, '{ long }');
		expect(working()).toBe(1);
		const ended = once(socket.resume(), 'end');
		socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
		await ended;
		expect(working()).toBe(0);
		const other = await askAndStop(origin, '{ long }');
		expect(working()).toBe(1);
		other.destroy();
		await expect.poll(working).toBe(0);
	});

	it('once accepted, leaves its connection open, however long', async () => {
		const { clock, origin } = await start();
		const socket = await askAndStop(origin, '{ hello }');
		socket.read();
		for (const after of [60_000, 0]) {
			socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
			await once(socket, 'readable');
			expect(String(socket.read())).toContain('"ok":true');
			await clock.advance(after);
		}
		socket.destroy();
	});

	it('is ended with its connection after 30 seconds', async () => {
		const { clock, origin, working } = await start();
		const socket = await askAndStop(origin, '{ long }');
		await clock.advance(29_999);
		expect(working()).toBe(1);
		await clock.advance(1);
		let bytes = 0;
		socket.on('data', (part) => {
			bytes += part.length;
		});
		await new Promise((resolve) => socket.once('close', resolve));
		expect([working(), bytes < 30_000_000]).toEqual([0, true]);
	});

	it.each<[what: string, end: (stream: ClientHttp2Stream) => void]>([
		['stream', (stream) => stream.close(constants.NGHTTP2_CANCEL)],
		['connection', (stream) => stream.session?.destroy()],
	])('holds no slot over HTTP/2 if its %s was reset while it was made', async (_, end) => {
		const { begun, releaseSlow, log, origin, working } = await start({ server: { tls: { certFile, keyFile } } });
		const session = connectHttp2(origin, { ca: readFileSync(certFile) });
		session.on('error', () => {});
		onTestFinished(() => session.destroy());
		const stream = session.request({ ':method': 'POST', ':path': '/graphql', 'content-type': 'application/json' });
		stream.on('error', () => {}).end('{"query":"{ slow long }"}');
		await begun;
		end(stream);
		await expect.poll(log).toContain('"status":499');
		expect(working()).toBe(1);
		releaseSlow();
		await expect.poll(working).toBe(0);
	});

	it('is ended alone over HTTP/2, and a short one holds no slot meanwhile', async () => {
		const { clock, log, origin, working } = await start({ server: { tls: { certFile, keyFile } } });
		const session = connectHttp2(origin, { ca: readFileSync(certFile), settings: { initialWindowSize: 0 } });
		session.on('error', () => {});
		onTestFinished(() => session.destroy());
		const begin = () => {
			const headers = { ':method': 'POST', ':path': '/graphql', 'content-type': 'application/json' };
			return session.request(headers).on('error', () => {});
		};
		const ask = async (query: string) => {
			const stream = begin().end(JSON.stringify({ query }));
			await once(stream, 'response');
			return { stream, closed: new Promise((resolve) => stream.once('close', resolve)) };
		};
		const short = await ask('{ hello }');
		expect(working()).toBe(0);
		const long = await ask('{ long }');
		expect(working()).toBe(1);
		const other = begin();
		other.write('{"query":');
		await clock.advance(30_000);
		await Promise.all([short.closed, long.closed]);
		expect([short.stream.rstCode, long.stream.rstCode]).toEqual(Array(2).fill(constants.NGHTTP2_INTERNAL_ERROR));
		await expect.poll(working).toBe(0);
		other.end('"{ hello }"}');
		session.settings({ initialWindowSize: 65_535 });
		let text = '';
		for await (const part of other.setEncoding('utf8')) text += part;
		expect(JSON.parse(text)).toEqual({ data: { hello: 'world' } });
		await expect.poll(() => log().match(/"status":\d+/g)).toEqual(['"status":499', '"status":499', '"status":200']);
	});
});
