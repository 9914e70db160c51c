import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as http1 } from 'node:http';
import { connect as http2 } from 'node:http2';
import { request as https1 } from 'node:https';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { FastifyRequest } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { http2StreamOf } from '../../../src/api/http/index.ts';
import { steppedClock } from '../../support/stepped-clock.ts';
import { makeCertificate } from './certificate.ts';
import { type StartOptions, startServer } from './start-server.ts';

const { certFile, keyFile } = makeCertificate();
/** Bytes; more than the buffers of both ends hold. */
const LARGE = 30_000_000;
const READ = 65_536;

/** A proxy that acts like a client that stops reading after some bytes. It counts all bytes that arrive. */
async function slowReader(port: number) {
	const paused = Promise.withResolvers<void>();
	const closed = Promise.withResolvers<void>();
	let bytes = 0;
	let resume = () => {};
	const relay = createServer((client) => {
		const server = createConnection(port, '127.0.0.1');
		resume = () => server.resume();
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
	return { port: own, paused: paused.promise, closed: closed.promise, resume: () => resume(), bytes: () => bytes };
}

/** Each client requests /large, and ignores errors. */
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

/** Keeps its request for /large open. */
async function serve(server: NonNullable<StartOptions['server']> = {}, limits: StartOptions['limits'] = {}) {
	const asked = Promise.withResolvers<FastifyRequest>();
	const clock = steppedClock();
	const { app, origin, abortResponse, resetConnection } = await startServer({
		server,
		limits,
		clock,
		routes(routes) {
			routes.get('/large', async (request, reply) => {
				asked.resolve(request);
				return reply.send(Buffer.alloc(LARGE));
			});
			routes.get('/small', async () => 'small');
		},
	});
	const opened = () => new Promise<number>((resolve) => app.server.getConnections((_, open) => resolve(open)));
	return {
		app,
		clock,
		cut: abortResponse,
		port: Number(new URL(origin).port),
		reset: resetConnection,
		asked: asked.promise,
		opened,
	};
}

/** With or without an error. */
const closing = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

/** The kernel takes as much as it can hold, each time the test checks. */
async function filled(): Promise<void> {
	for (let round = 0; round < 200; round++) await new Promise(setImmediate);
}

describe.each(Object.entries(ASKS))('a reset connection over %s', (name, ask) => {
	it('closes at once and drops what the client has not read, while the server continues', async () => {
		const tls = name === 'HTTP/1.1' ? null : { certFile, keyFile };
		const { app, port, reset, asked, opened } = await serve({ tls });
		const reader = await slowReader(port);
		ask(reader.port);
		const request = await asked;
		await reader.paused;
		await filled();
		reset(request);
		await expect.poll(opened).toBe(0);
		reader.resume();
		await reader.closed;
		expect(reader.bytes()).toBeLessThan(1_000_000);
		expect((await app.inject('/small')).body).toBe('small');
	});
});

/** An HTTP/2 client that requests something large and then stops reading. */
async function stuck(limits?: StartOptions['limits']) {
	const server = await serve({ tls: { certFile, keyFile } }, limits);
	const reader = await slowReader(server.port);
	ASKS['HTTP/2']?.(reader.port);
	const request = await server.asked;
	await reader.paused;
	await filled();
	return { ...server, request, stream: http2StreamOf(request.raw) };
}

describe('an HTTP/2 connection whose client accepts nothing', () => {
	it('closes 30 seconds after a response on it was aborted; the stream closes at once', async () => {
		const { clock, cut, opened, request, stream } = await stuck();
		const closed = cut(request);
		expect([stream?.destroyed, await opened()]).toEqual([true, 1]);
		await clock.advance(29_999);
		expect(await opened()).toBe(1);
		await clock.advance(1);
		await closed;
		await expect.poll(opened).toBe(0);
	});

	it('closes 30 seconds after it was found to be silent', async () => {
		const { clock, opened, stream } = await stuck({ keepAliveTimeout: 50 });
		await clock.asleep();
		await clock.advance(30_000);
		await expect.poll(opened).toBe(0);
		expect(stream?.destroyed).toBe(true);
	});
});

describe('resetting a connection resets the request’s own', () => {
	it('if the client has reconnected from the same port before the server saw the first connection close', async () => {
		const { port, reset, asked, opened } = await serve();
		const sign = new Int32Array(new SharedArrayBuffer(4));
		const client = new Worker(new URL('./reconnecting-client.ts', import.meta.url), { workerData: { port, sign } });
		onTestFinished(async () => void (await client.terminate()));
		await once(client, 'message');
		Atomics.store(sign, 0, 1);
		Atomics.notify(sign, 0);
		// Both happen before the server runs again.
		expect(Atomics.wait(sign, 0, 1, 10_000)).not.toBe('timed-out');
		const request = await asked;
		await filled();
		reset(request);
		await expect.poll(opened).toBe(0);
		const ended = once(client, 'message');
		client.postMessage('go on');
		expect((await ended)[0]).toBeLessThan(1_000_000);
	});

	it('if the same client port is connected to another address of the server', async () => {
		const { port, reset, asked, opened } = await serve({ host: '0.0.0.0' });
		const one = createConnection({ port, host: '127.0.0.1', localAddress: '127.0.0.1' });
		await once(one, 'connect');
		const localPort = one.localPort as number;
		const other = createConnection({ port, host: '127.0.0.2', localAddress: '127.0.0.1', localPort });
		await once(other, 'connect');
		onTestFinished(() => void other.destroy());
		let bytes = 0;
		one
			.on('error', () => {})
			.on('data', (part) => {
				if (bytes === 0) one.pause();
				bytes += part.length;
			});
		one.write('GET /large HTTP/1.1\r\nhost: x\r\n\r\n');
		const request = await asked;
		await filled();
		reset(request);
		await expect.poll(opened).toBe(1);
		const closed = closing(one);
		one.resume();
		await closed;
		expect(bytes).toBeLessThan(1_000_000);
		other.write('GET /small HTTP/1.1\r\nhost: x\r\n\r\n');
		expect(String((await once(other, 'data'))[0])).toContain('small');
	});

	it('and no other if that connection is already closed', async () => {
		const { app, port, reset, asked } = await serve();
		const one = createConnection(port, '127.0.0.1');
		await once(one, 'connect');
		one.write('GET /large HTTP/1.1\r\nhost: x\r\n\r\n');
		const request = await asked;
		one.destroy();
		await closing(request.raw.socket);
		reset(request);
		expect((await app.inject('/small')).body).toBe('small');
	});
});
