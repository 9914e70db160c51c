import { readFileSync, writeFileSync } from 'node:fs';
import {
	type ClientHttp2Session,
	connect,
	constants,
	type Http2ServerRequest,
	type ServerHttp2Stream,
} from 'node:http2';
import { request } from 'node:https';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assertCanListen } from '../../../src/api/http/index.ts';
import { createAdmission } from '../../../src/api/limits/index.ts';
import { systemClock } from '../../../src/clock/clock.ts';
import { readConfig } from '../../../src/config/config.ts';
import { SetupError } from '../../../src/errors.ts';
import { makeCertificate } from './certificate.ts';
import { startServer, UUID_V7 } from './start-server.ts';

const { directory, certFile, keyFile } = makeCertificate();
const server = { tls: { certFile, keyFile } };

/** One request over a session. A null body never ends. */
function ask(session: ClientHttp2Session, headers: Record<string, string>, body: string | null) {
	const stream = session.request({ ':method': 'POST', ':path': '/graphql', ...headers }, { endStream: false });
	if (body === null) stream.write(' ');
	else stream.end(body);
	const { promise, resolve } = Promise.withResolvers<{ headers: Record<string, unknown>; text: string; rst: number }>();
	let answered: Record<string, unknown> = {};
	let text = '';
	stream.on('response', (received) => {
		answered = received;
	});
	stream.setEncoding('utf8').on('data', (part) => {
		text += part;
	});
	stream.on('error', () => {});
	stream.on('close', () => resolve({ headers: answered, text, rst: stream.rstCode ?? 0 }));
	return promise;
}

const json = { 'content-type': 'application/json' };

describe('HTTPS', () => {
	it('speaks HTTP/2', async () => {
		const { origin } = await startServer({ server });
		expect(origin).toMatch(/^https:/);
		const session = connect(origin, { ca: readFileSync(certFile) });
		const { headers, text } = await ask(session, json, '{"query":"{ hello }"}');
		expect(session.alpnProtocol).toBe('h2');
		expect(headers[':status']).toBe(200);
		expect(headers['x-request-id']).toMatch(UUID_V7);
		expect(headers['strict-transport-security']).toMatch(/^max-age=/);
		expect(headers['cache-control']).toBe('no-store');
		expect(JSON.parse(text)).toEqual({ data: { hello: 'world' } });
		session.close();
	});

	it('speaks HTTP/1.1 on the same port', async () => {
		const { origin } = await startServer({ server });
		const status = await new Promise((resolve, reject) => {
			const options = { ca: readFileSync(certFile), ALPNProtocols: ['http/1.1'], agent: false as const };
			request(`${origin}/health/live`, options, (answer) => {
				answer.resume();
				resolve([answer.httpVersion, answer.statusCode]);
			})
				.on('error', reject)
				.end();
		});
		expect(status).toEqual(['1.1', 200]);
	});

	it('answers with problem documents, and limits bodies, over HTTP/2', async () => {
		const { origin, log } = await startServer({
			server,
			limits: { body: 100, headersTimeout: 200, requestTimeout: 200 },
		});
		const session = connect(origin, { ca: readFileSync(certFile) });
		const large = await ask(session, json, JSON.stringify({ query: 'x'.repeat(200) }));
		expect(large.headers[':status']).toBe(413);
		expect(large.headers.connection).toBeUndefined();
		expect(JSON.parse(large.text).code).toBe('PAYLOAD_TOO_LARGE');
		const strange = await ask(session, { ':method': 'MARKER' }, '');
		expect(JSON.parse(strange.text)).toMatchObject({ code: 'NOT_FOUND', requestId: strange.headers['x-request-id'] });
		expect(log()).toContain('"method":"other"');
		expect(log()).not.toContain('MARKER');
		const slow = await ask(session, { ...json, 'content-length': '50' }, null);
		expect(slow.rst).not.toBe(0);
		session.destroy();
	});

	it('refuses a Host header that differs from :authority over HTTP/2, and accepts an equal one', async () => {
		const { origin } = await startServer({ server });
		const session = connect(origin, { ca: readFileSync(certFile) });
		const query = '{"query":"{ hello }"}';
		const { host } = new URL(origin);
		const other = await ask(session, { ...json, ':authority': host, host: 'elsewhere.example' }, query);
		expect(JSON.parse(other.text)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
		expect(
			(await ask(session, { ...json, ':authority': host, host: host.toUpperCase() }, query)).headers[':status'],
		).toBe(200);
		session.close();
	});

	/**
	 * Counts requests over HTTP/2, and ends them like their client could: by `end` before the server's own code sees them, or while
	 * the caller is identified.
	 */
	async function resetDuring(end: (stream: ServerHttp2Stream) => void, when: 'at once' | 'in context') {
		const admission = createAdmission(8, systemClock);
		const asked: unknown[] = [];
		const { origin, log, metrics } = await startServer({
			server,
			admission,
			routes: ({ server: http2 }) => void (when === 'at once' && http2.prependListener('stream', end)),
			async enter({ request }) {
				if (when === 'in context') end((request.raw as unknown as Http2ServerRequest).stream);
				asked.push(request.ip);
				return {};
			},
		});
		const session = connect(origin, { ca: readFileSync(certFile) });
		session.on('error', () => {});
		await ask(session, json, '{"query":"{ hello }"}');
		session.destroy();
		expect([log().includes('"level":50'), admission.requestCounts()]).toEqual([false, { working: 0, waiting: 0 }]);
		return { asked, lines: log(), text: (await metrics.render()).text };
	}
	it.each<[what: string, end: (stream: ServerHttp2Stream) => void]>([
		['connection', (stream) => stream.session?.destroy()],
		['stream', (stream) => stream.close(constants.NGHTTP2_CANCEL)],
	])(
		'drops and counts a request whose %s was reset, and identifies the client first if the reset comes later',
		async (_, end) => {
			const dropped = await resetDuring(end, 'at once');
			expect(dropped.asked).toEqual([]);
			expect(dropped.lines).toContain('"status":499');
			expect(dropped.text).toContain('firmseal_http_request_seconds_count{route="/graphql",status="4xx"} 1\n');
			expect((await resetDuring(end, 'in context')).asked).toEqual(['127.0.0.1']);
		},
	);

	it('lets a running request finish when it stops, and cuts it off at the deadline', async () => {
		for (const [text, deadline] of [
			['{"data":{"slow":"done"}}\n', 3_600_000],
			['', 100],
		] as const) {
			const { begun, releaseSlow, origin, stop } = await startServer({ server });
			const session = connect(origin, { ca: readFileSync(certFile) });
			session.on('error', () => {});
			const running = ask(session, json, '{"query":"{ slow }"}');
			await begun;
			const stopped = stop(deadline);
			if (text) releaseSlow();
			await stopped;
			expect((await running).text).toBe(text);
		}
	});

	it('reports what is wrong with the certificate', async () => {
		const other = join(directory, 'other.pem');
		writeFileSync(other, 'not a key');
		await expect(startServer({ server: { tls: { certFile, keyFile: other } } })).rejects.toThrow(SetupError);
		await expect(startServer({ server: { tls: { certFile, keyFile: other } } })).rejects.toThrow(/do not go together/);
		const missing = { certFile: join(directory, 'none.pem'), keyFile };
		await expect(startServer({ server: { tls: missing } })).rejects.toThrow(
			/^FIRMSEAL_TLS_CERT names a file that cannot/,
		);
		// Also before anything is created for it.
		await expect(assertCanListen({ ...readConfig({}).server, tls: missing })).rejects.toThrow(
			/FIRMSEAL_TLS_CERT names/,
		);
	});
});
