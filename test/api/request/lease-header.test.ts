import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, constants, type Http2ServerRequest } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Principal } from '../../../src/access/index.ts';
import { createLeaseSlots } from '../../../src/api/limits/index.ts';
import {
	type HttpExchange,
	type LeaseRequestDeps,
	openLeaseFromHeader,
	startLeaseDeadline,
} from '../../../src/api/request/lease-header.ts';
import { steppedClock } from '../../support/stepped-clock.ts';
import { makeCertificate } from '../http/certificate.ts';
import { startServer } from '../http/start-server.ts';

const { certFile, keyFile } = makeCertificate();
const operator = { kind: 'operator', proven: true, user: 'a' } as Principal;
const LEASE = '01980000-0000-7000-8000-000000000001';

/**
 * Sends a request under a lease over HTTP/2; `meanwhile` runs while the lease is looked up. Returns whether the lease was opened, and
 * how often it had been released by then.
 */
async function openOver(meanwhile: (request: FastifyRequest) => Promise<unknown>) {
	let [ended, givenBack] = [0, 0];
	const opened = Promise.withResolvers<{ isOpen: boolean; atOnce: number }>();
	const enter = async (exchange: HttpExchange) => {
		const deps = {
			findLease: () => meanwhile(exchange.request),
			takeSlot: async () => () => {
				givenBack += 1;
			},
			openRequestLease: () => ({
				async end() {
					ended += 1;
				},
				assertNotExpired() {},
			}),
		} as unknown as LeaseRequestDeps;
		const lease = await openLeaseFromHeader(deps, exchange, operator).catch(() => null);
		opened.resolve({ isOpen: lease !== null, atOnce: ended });
		return {};
	};
	const { origin } = await startServer({ server: { tls: { certFile, keyFile } }, enter });
	const session = connect(origin, { ca: readFileSync(certFile) });
	session.on('error', () => {});
	onTestFinished(() => session.destroy());
	const stream = session.request({
		':method': 'POST',
		':path': '/graphql',
		'content-type': 'application/json',
		'x-firmseal-lease': LEASE,
	});
	stream.on('error', () => {}).resume();
	const closed = new Promise((resolve) => stream.once('close', resolve));
	stream.end('{"query":"{ hello }"}');
	const found = await opened.promise;
	await closed;
	await expect.poll(() => [ended, givenBack]).toEqual([1, 1]);
	return found;
}

it('a lease is released at once if its HTTP/2 request was reset during the lookup, otherwise with the response', async () => {
	async function reset({ raw }: FastifyRequest) {
		const { stream } = raw as unknown as Http2ServerRequest;
		stream.close(constants.NGHTTP2_CANCEL);
		await once(stream, 'close');
	}
	expect(await openOver(reset)).toEqual({ isOpen: false, atOnce: 1 });
	expect(await openOver(async () => {})).toEqual({ isOpen: true, atOnce: 0 });
});

it('a slot is freed if the lease cannot be opened', async () => {
	let givenBack = 0;
	const failure = new Error('No such class.');
	const deps = {
		findLease: async () => {},
		takeSlot: async () => () => {
			givenBack += 1;
		},
		openRequestLease() {
			throw failure;
		},
	} as unknown as LeaseRequestDeps;
	const request = { headers: { 'x-firmseal-lease': LEASE } } as unknown as FastifyRequest;
	const opening = openLeaseFromHeader(
		deps,
		{ request, reply: {} as FastifyReply, resetConnection: () => {} },
		operator,
	);
	await expect(opening).rejects.toBe(failure);
	expect(givenBack).toBe(1);
});

describe('the slot of a request that has read nothing under its lease', () => {
	/** Sends a request on a connection that takes no bytes. `prior`: an unread answer is queued before it. */
	type AskUnread = (origin: string, path: string, prior: boolean) => void;
	const BODY = '{"query":"{ long }"}';
	const overHttp1: AskUnread = (origin, path, prior) => {
		const { hostname, port } = new URL(origin);
		const socket = connectTcp(Number(port), hostname).on('error', () => {});
		onTestFinished(() => void socket.destroy());
		const ask = (head: string) =>
			`POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n${head}\r\n${BODY}`;
		const lease = `X-Firmseal-Lease: ${LEASE}\r\n`;
		const get = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${lease}\r\n`;
		socket.write((prior ? ask('') : '') + (path === '/graphql' ? ask(lease) : get));
	};
	const overHttp2: AskUnread = (origin, path) => {
		const session = connect(origin, { ca: readFileSync(certFile), settings: { initialWindowSize: 0 } });
		onTestFinished(() => session.on('error', () => {}).destroy());
		const method = path === '/graphql' ? 'POST' : 'GET';
		const headers = { ':method': method, ':path': path, 'content-type': 'application/json', 'x-firmseal-lease': LEASE };
		const stream = session.request(headers).on('error', () => {});
		stream.end(method === 'POST' ? BODY : undefined);
	};

	it.each([
		['HTTP/1.1', overHttp1, '/graphql', false],
		['HTTP/1.1, behind another response', overHttp1, '/graphql', true],
		['HTTP/1.1, for an unchanged file, behind another response', overHttp1, '/file', true],
		['HTTP/2', overHttp2, '/graphql', false],
		['HTTP/2, for a refused file', overHttp2, '/file', false],
	] as const)(
		'is freed five seconds after the response went to a client that does not accept it: %s',
		async (name, ask, path, prior) => {
			const clock = steppedClock();
			const takeSlot = createLeaseSlots(3, clock);
			const events: string[] = [];
			const deps = {
				findLease: async () => {},
				takeSlot,
				clock,
				openRequestLease: () => ({
					async end() {
						events.push('ended');
					},
					assertNotExpired() {},
				}),
			} as unknown as LeaseRequestDeps;
			const answered = Promise.withResolvers<void>();
			let left = 3;
			const open = (request: FastifyRequest, reply: FastifyReply) =>
				openLeaseFromHeader(deps, { request, reply, resetConnection: () => server.resetConnection(request) }, operator);
			const server = await startServer({
				server: name.startsWith('HTTP/2') ? { tls: { certFile, keyFile } } : {},
				clock,
				async enter({ request, reply }) {
					await open(request, reply);
					return {};
				},
				beforeSend(request) {
					startLeaseDeadline(request);
					if ('x-firmseal-lease' in request.headers && --left === 0) answered.resolve();
				},
				routes: (app) =>
					app.get('/file', async (request, reply) => {
						await open(request, reply);
						return name.startsWith('HTTP/2') ? reply.code(403).send('no') : reply.code(304).send();
					}),
			});
			for (let n = 0; n < 3; n++) ask(server.origin, path, prior);
			await answered.promise;
			await clock.advance(4_999);
			const next = takeSlot('b').then(() => events.push('another’s'));
			expect(events).toEqual([]);
			await clock.advance(1);
			await next;
			// The lease is released first.
			expect(events[0]).toBe('ended');
		},
	);

	it('is kept if the route sends its response itself, since the route renews its lease', async () => {
		const clock = steppedClock();
		let ended = 0;
		const deps = {
			findLease: async () => {},
			takeSlot: async () => () => {},
			clock,
			openRequestLease: () => ({
				async end() {
					ended += 1;
				},
			}),
		} as unknown as LeaseRequestDeps;
		const server = await startServer({
			clock,
			beforeSend: startLeaseDeadline,
			routes: (app) =>
				app.get('/file', async (request, reply) => {
					await openLeaseFromHeader(
						deps,
						{ request, reply, resetConnection: () => server.resetConnection(request) },
						operator,
					);
					reply.hijack();
					reply.raw.writeHead(200).write('first');
				}),
		});
		const { body } = await fetch(`${server.origin}/file`, { headers: { 'x-firmseal-lease': LEASE } });
		const reader = body?.getReader();
		await reader?.read();
		await clock.advance(60_000);
		expect(ended).toBe(0);
		await reader?.cancel();
	});
});
