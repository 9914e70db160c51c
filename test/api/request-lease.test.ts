import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, constants, type Http2ServerRequest } from 'node:http2';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import type { Principal } from '../../src/access/index.ts';
import { type LeaseDoor, openNamedLease } from '../../src/api/request-lease.ts';
import { makeCertificate } from './http/certificate.ts';
import { startServer } from './http/start-server.ts';

const { certFile, keyFile } = makeCertificate();
const operator = { kind: 'operator', proven: true, user: 'a' } as Principal;
const LEASE = '01980000-0000-7000-8000-000000000001';

/** Asks under a lease over HTTP/2; `meanwhile` is done while the lease is looked up. Answers whether it was opened, and how often it was let go by then. */
async function openOver(meanwhile: (request: FastifyRequest) => Promise<unknown>) {
	let [ended, givenBack] = [0, 0];
	const opened = Promise.withResolvers<{ isOpen: boolean; atOnce: number }>();
	const context = async (request: FastifyRequest, reply: FastifyReply) => {
		const door = {
			findLease: () => meanwhile(request),
			takePlace: async () => () => {
				givenBack += 1;
			},
			openRequestLease: () => ({
				async end() {
					ended += 1;
				},
				assertLive() {},
			}),
		} as unknown as LeaseDoor;
		const lease = await openNamedLease(door, { request, reply, reset: () => {} }, operator).catch(() => null);
		opened.resolve({ isOpen: lease !== null, atOnce: ended });
		return {};
	};
	const { origin } = await startServer({ server: { tls: { certFile, keyFile } }, context });
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

it('a lease is let go at once when its request was reset over HTTP/2 while it was looked up, else with the answer', async () => {
	async function reset({ raw }: FastifyRequest) {
		const { stream } = raw as unknown as Http2ServerRequest;
		stream.close(constants.NGHTTP2_CANCEL);
		await once(stream, 'close');
	}
	expect(await openOver(reset)).toEqual({ isOpen: false, atOnce: 1 });
	expect(await openOver(async () => {})).toEqual({ isOpen: true, atOnce: 0 });
});

it('a place is given back when the lease can’t be opened', async () => {
	let givenBack = 0;
	const failure = new Error('No such class.');
	const door = {
		findLease: async () => {},
		takePlace: async () => () => {
			givenBack += 1;
		},
		openRequestLease() {
			throw failure;
		},
	} as unknown as LeaseDoor;
	const request = { headers: { 'x-firmseal-lease': LEASE } } as unknown as FastifyRequest;
	const opening = openNamedLease(door, { request, reply: {} as FastifyReply, reset: () => {} }, operator);
	await expect(opening).rejects.toBe(failure);
	expect(givenBack).toBe(1);
});
