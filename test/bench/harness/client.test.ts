import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer as answerOf, type Client, startClient } from '../../../bench/harness/client.ts';
import { missingPeers } from '../../../bench/harness/peers.ts';
import { project } from '../../house/tree.ts';

/** Sends the requested answer, and counts connections. */
const connections = new Set<object>();
const server = createServer((request, response) => {
	connections.add(request.socket);
	let body = '';
	request.on('data', (part) => {
		body += part;
	});
	request.on('end', () => {
		const { status, answer } = JSON.parse(body);
		response.writeHead(status, { 'content-type': 'application/json' }).end(answer);
	});
});
let url: string;
let client: Client;

// The benchmarks install the peer at their first run.
const isMissing = missingPeers(join(project, 'bench')).includes('autocannon');
if (process.env.FIRMSEAL_CI === '1' && isMissing) throw new Error('autocannon is not installed.');
const NAME = isMissing ? 'the client (skipped: npm ci --prefix bench has not run)' : 'the client';

beforeAll(async () => {
	if (isMissing) return;
	await once(server.listen(0, '127.0.0.1'), 'listening');
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	client = startClient(new AbortController().signal);
});

afterAll(async () => {
	await client?.[Symbol.asyncDispose]();
	server.close();
});

const ask = (status: number, answer: string) =>
	answerOf(client, { url, headers: {}, body: JSON.stringify({ status, answer }), connections: 3, requests: 10 });

describe.skipIf(isMissing)(NAME, () => {
	it('sends the requested number of requests on the requested number of connections, and measures each', async () => {
		const { microseconds, latencies } = await ask(200, '{"data":{"a":1}}');
		expect(latencies).toHaveLength(10);
		expect(connections.size).toBe(3);
		expect(microseconds).toBeGreaterThan(0);
		expect(microseconds).toBeLessThan(Math.max(...latencies) * 1000 * 10);
	});

	it.each([
		[500, '{"data":{"a":1}}', /status 500/],
		[200, '{"errors":[{"message":"no"}],"data":{"a":null}}', /"errors"/],
		[200, '{"data":null}', /"data":null/],
	])('does not count status %i with %s as an answer', async (status, answer, why) => {
		await expect(ask(status, answer)).rejects.toThrow(why);
		// The client still works afterwards.
		expect((await ask(200, '{"data":{}}')).latencies).toHaveLength(10);
	});
});
