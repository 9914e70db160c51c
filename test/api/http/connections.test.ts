import { readFileSync } from 'node:fs';
import { request as http1 } from 'node:http';
import { connect as http2 } from 'node:http2';
import { request as https1 } from 'node:https';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { startServer } from './start-server.ts';

const { certFile, keyFile } = makeCertificate();
/** Bytes; more than the buffers of both ends hold. */
const LARGE = 30_000_000;
const READ = 65_536;

/** Stands between a client and a server like a client that stops reading after some bytes; it counts what comes in all. */
async function slowReader(port: number) {
	const paused = Promise.withResolvers<void>();
	const closed = Promise.withResolvers<void>();
	let bytes = 0;
	let goOn = () => {};
	const relay = createServer((client) => {
		const server = createConnection(port, '127.0.0.1');
		goOn = () => server.resume();
		client.on('data', (part) => server.write(part)).on('error', () => {});
		server.on('data', (part) => {
			bytes += part.length;
			client.write(part);
			if (bytes < READ || bytes - part.length >= READ) return;
			server.pause();
			paused.resolve();
		});
		server.on('error', () => {});
		server.on('close', () => {
			client.destroy();
			closed.resolve();
		});
	}).listen(0, '127.0.0.1');
	onTestFinished(() => void relay.close());
	await new Promise((resolve) => relay.once('listening', resolve));
	const { port: own } = relay.address() as AddressInfo;
	return { port: own, paused: paused.promise, closed: closed.promise, goOn: () => goOn(), bytes: () => bytes };
}

/** Each asks for /large, and lets whatever comes of it go by. */
const ASKS: Readonly<Record<string, (port: number) => void>> = {
	'HTTP/1.1': (port) => {
		http1({ port, path: '/large', agent: false }, (answer) => answer.resume().on('error', () => {}))
			.on('error', () => {})
			.end();
	},
	'HTTP/1.1 over TLS': (port) => {
		const options = {
			port,
			path: '/large',
			ca: readFileSync(certFile),
			ALPNProtocols: ['http/1.1'],
			agent: false,
		} as const;
		https1(options, (answer) => answer.resume().on('error', () => {}))
			.on('error', () => {})
			.end();
	},
	'HTTP/2': (port) => {
		const settings = { initialWindowSize: LARGE };
		const session = http2(`https://127.0.0.1:${port}`, { ca: readFileSync(certFile), settings });
		session.on('error', () => {}).on('connect', () => session.setLocalWindowSize(LARGE));
		session
			.request({ ':path': '/large' })
			.resume()
			.on('error', () => {});
	},
};

describe.each(Object.entries(ASKS))('a connection of %s that is reset', (name, ask) => {
	it('is gone at once, with what a client that doesn’t read had not taken; the server goes on', async () => {
		const asked = Promise.withResolvers<FastifyRequest>();
		const { app, origin, reset } = await startServer({
			server: { tls: name === 'HTTP/1.1' ? null : { certFile, keyFile } },
			routes(routes) {
				routes.get('/large', async (request, reply) => {
					asked.resolve(request);
					return reply.send(Buffer.alloc(LARGE));
				});
				routes.get('/small', async () => 'small');
			},
		});
		const reader = await slowReader(Number(new URL(origin).port));
		ask(reader.port);
		const request = await asked.promise;
		await reader.paused;
		// The kernel takes what it can hold.
		await delay(300);
		reset(request);
		await expect.poll(() => new Promise((resolve) => app.server.getConnections((_, open) => resolve(open)))).toBe(0);
		reader.goOn();
		await reader.closed;
		expect(reader.bytes()).toBeLessThan(1_000_000);
		expect((await app.inject('/small')).body).toBe('small');
	});
});

it('a connection that is closed already is not reset', async () => {
	const asked = Promise.withResolvers<FastifyRequest>();
	const { origin, reset } = await startServer({
		routes: (routes) =>
			routes.get('/small', async (request) => {
				asked.resolve(request);
				return 'small';
			}),
	});
	await (await fetch(`${origin}/small`, { headers: { connection: 'close' } })).text();
	await delay(50);
	reset(await asked.promise);
});
