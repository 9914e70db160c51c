import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createAdmission } from '../../../src/api/limits/index.ts';
import { steppedClock } from '../../support/stepped-clock.ts';
import { startServer } from './start-server.ts';

const AT_ONCE = 8;
/** Of one address. */
const MOST = 1 + AT_ONCE / 2;

/** Requests of one address that are worked on or wait until they are let go, and take all places that it has. */
async function startFull() {
	const admission = createAdmission(AT_ONCE, steppedClock());
	const gate = Promise.withResolvers<void>();
	const server = await startServer({ admission, context: () => gate.promise.then(() => ({})) });
	server.metrics.watchRequests(admission.underWay);
	const running = Array.from({ length: MOST }, () => server.ask('{ hello }'));
	await expect.poll(() => admission.underWay().waiting).toBe(MOST - 1);
	return {
		...server,
		admission,
		letGoSlow: server.letGo,
		/** The statuses of them all, in the end. */
		async letGo(): Promise<number[]> {
			gate.resolve();
			return (await Promise.all(running)).map(({ status }) => status);
		},
	};
}

describe('a server with no place left for an address', () => {
	it('refuses in the form of GraphQL, with 429 and the time to wait', async () => {
		const { ask, letGo } = await startFull();
		const refused = await ask('{ hello }');
		expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2']);
		expect(refused.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
		expect(refused.headers.get('cache-control')).toBe('no-store');
		expect(await refused.json()).toEqual({
			errors: [
				{
					message: 'More requests of yours are under way than are answered at once: wait for some of the answers.',
					extensions: { code: 'RATE_LIMITED' },
				},
			],
		});
		const older = await ask('{ hello }', undefined, { accept: 'application/json' });
		expect([older.status, older.headers.get('content-type')]).toEqual([429, 'application/json; charset=utf-8']);
		expect(await letGo()).toEqual(Array(MOST).fill(200));
		expect(await (await ask('{ hello }')).json()).toEqual({ data: { hello: 'world' } });
	});

	it('refuses before the body is there', async () => {
		const { origin, letGo } = await startFull();
		const { hostname, port } = new URL(origin);
		const socket = connect(Number(port), hostname);
		socket.write(
			'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{',
		);
		const [bytes] = await once(socket, 'data');
		expect(String(bytes)).toMatch(/^HTTP\/1\.1 429 /);
		socket.destroy();
		await letGo();
	});

	it('answers health and metrics', async () => {
		const { origin, letGo } = await startFull();
		for (const path of ['live', 'ready']) expect((await fetch(`${origin}/health/${path}`)).status).toBe(200);
		const text = await (await fetch(`${origin}/metrics`)).text();
		expect(text).toMatch(/^firmseal_requests\{state="working"\} 1$/m);
		expect(text).toMatch(new RegExp(`^firmseal_requests\\{state="waiting"\\} ${MOST - 1}$`, 'm'));
		await letGo();
	});

	it('has places again once the answers are out, whether or not somebody still waits for them', async () => {
		const { admission, ask, begun, letGo, letGoSlow, origin } = await startFull();
		await letGo();
		const { hostname, port } = new URL(origin);
		const socket = connect(Number(port), hostname);
		const body = '{"query":"{ slow }"}';
		socket.write(
			`POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
		);
		await begun;
		socket.destroy();
		letGoSlow();
		await expect.poll(() => admission.underWay().working).toBe(0);
		expect((await ask('{ hello }')).status).toBe(200);
	});
});
