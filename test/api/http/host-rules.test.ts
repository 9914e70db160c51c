import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { connect } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { startServer } from './start-server.ts';

const { certFile, keyFile } = makeCertificate();

/** Sends a request under any host, over HTTP/1.1. */
const askAs = (origin: string, host: string, path = '/health/live', method = 'GET') =>
	new Promise<{ status: number; type: string; text: string }>((resolve, reject) => {
		const { hostname, port } = new URL(origin);
		const sent = requestHttp({ hostname, port, path, method, headers: { host } }, (answer) => {
			let text = '';
			answer.setEncoding('utf8').on('data', (part: string) => {
				text += part;
			});
			answer.on('end', () =>
				resolve({ status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', text }),
			);
		});
		sent.on('error', reject);
		sent.end();
	});

const OURS = [
	'localhost',
	'LOCALHOST:4000',
	'app.localhost:1',
	'a.b-c.localhost',
	'127.0.0.1:4000',
	'192.0.2.7',
	'[::1]:4000',
	'[2001:db8::1]',
];
const FOREIGN = [
	'rebound.example',
	'rebound.example:4000',
	'localhost.',
	'localhost.example',
	'notlocalhost',
	'.localhost',
	'127.0.0.1.rebound.example',
	'127.1',
	'2130706433',
	'0x7f000001',
	'::1',
	'[::1',
	'[rebound.example]',
	'localhost:4000:4000',
	'localhost:x',
	'user@localhost',
];

describe('a server that answers only under the names of this machine', () => {
	it('answers under localhost, names below it and IP addresses', async () => {
		const { origin } = await startServer({ onlyThisMachine: true });
		for (const host of OURS) expect([host, (await askAs(origin, host)).status]).toEqual([host, 200]);
	});

	it('refuses every other host at every path, before anyone is identified', async () => {
		let entered = 0;
		const enter = async () => ({ entered: ++entered });
		const { origin } = await startServer({ onlyThisMachine: true, enter });
		for (const host of FOREIGN) {
			// `@` is no part of a valid host, which every server refuses.
			const status = host.includes('@') ? 400 : 421;
			expect([host, (await askAs(origin, host)).status]).toEqual([host, status]);
		}
		for (const [path, method] of [
			['/graphql', 'POST'],
			['/graphql', 'OPTIONS'],
			['/metrics', 'GET'],
			['/nowhere', 'GET'],
		] as const) {
			const { status, type, text } = await askAs(origin, 'rebound.example', path, method);
			expect([status, type.split(';')[0]]).toEqual([421, 'application/problem+json']);
			expect(JSON.parse(text)).toMatchObject({
				title: 'Misdirected Request',
				code: 'BAD_USER_INPUT',
				detail:
					'In development this server answers only under the names of this machine: use localhost or an IP address as the host.',
			});
			expect(text).not.toContain('rebound');
		}
		expect(entered).toBe(0);
	});

	it('refuses them in an absolute target, and over HTTP/2', async () => {
		const { origin } = await startServer({ onlyThisMachine: true });
		expect((await askAs(origin, 'rebound.example', 'http://rebound.example/health/live')).status).toBe(421);
		const secure = await startServer({ onlyThisMachine: true, server: { tls: { certFile, keyFile } } });
		const session = connect(secure.origin, { ca: readFileSync(certFile) });
		const statusOf = (authority: string) =>
			new Promise<unknown>((resolve, reject) => {
				const stream = session.request({ ':path': '/health/live', ':authority': authority });
				stream.on('response', (headers) => resolve(headers[':status']));
				stream.on('error', reject);
				stream.resume();
			});
		expect(await statusOf('rebound.example')).toBe(421);
		expect(await statusOf('localhost:4000')).toBe(200);
		await new Promise<void>((resolve) => session.close(() => resolve()));
	});

	it('answers under any name where that is not asked for, as in production', async () => {
		const { origin } = await startServer();
		expect((await askAs(origin, 'api.example')).status).toBe(200);
	});
});
