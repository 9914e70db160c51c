import { describe, expect, it } from 'vitest';
import type { Readiness } from '../../../src/api/http/index.ts';
import { steppedClock } from '../../support/stepped-clock.ts';
import { MARKER, startServer } from './start-server.ts';

describe('health', () => {
	it('is live if the process answers', async () => {
		const { origin } = await startServer();
		const answer = await fetch(`${origin}/health/live`);
		expect(answer.status).toBe(200);
		expect(await answer.json()).toEqual({ ok: true });
		expect(answer.headers.get('cache-control')).toBeNull();
		expect((await fetch(`${origin}/health/live`, { method: 'HEAD' })).status).toBe(200);
	});

	it('names each readiness check and whether it passed', async () => {
		let checks: Record<string, boolean> = { database: true, keyring: true };
		const clock = steppedClock();
		const { origin } = await startServer({
			clock,
			ready: async () => ({ ok: Object.values(checks).every(Boolean), checks }),
		});
		const ready = await fetch(`${origin}/health/ready`);
		expect([ready.status, await ready.json()]).toEqual([200, { ok: true, checks }]);
		checks = { database: false, keyring: true };
		await clock.advance(1_000);
		const notReady = await fetch(`${origin}/health/ready`);
		expect([notReady.status, await notReady.json()]).toEqual([503, { ok: false, checks }]);
	});

	it('gives no detail of a check that throws', async () => {
		const { origin, log } = await startServer({
			ready: async () => {
				throw Object.assign(new Error(MARKER), { code: 'ECONNREFUSED' });
			},
		});
		const answer = await fetch(`${origin}/health/ready`);
		expect([answer.status, await answer.json()]).toEqual([503, { ok: false, checks: {} }]);
		expect(log()).toContain('ECONNREFUSED');
		expect(log()).not.toContain(MARKER);
	});

	it('answers not ready if a check does not finish', async () => {
		const { origin } = await startServer({ ready: () => new Promise(() => {}), limits: { readyTimeout: 50 } });
		expect((await fetch(`${origin}/health/ready`)).status).toBe(503);
		expect((await fetch(`${origin}/health/ready`)).status).toBe(503);
	});

	it('runs the checks once for simultaneous callers, and for any that follow within a second', async () => {
		let runs = 0;
		let arrived = 0;
		const clock = steppedClock();
		let readiness = Promise.withResolvers<Readiness>();
		const { origin } = await startServer({
			clock,
			routes: ({ server }) => void server.on('request', () => arrived++),
			ready: () => {
				runs++;
				return readiness.promise;
			},
		});
		for (const round of [1, 2]) {
			readiness = Promise.withResolvers();
			arrived = 0;
			const asked = Array.from({ length: 10 }, () => fetch(`${origin}/health/ready`));
			await expect.poll(() => arrived).toBe(10);
			readiness.resolve({ ok: true, checks: {} });
			for (const answer of await Promise.all(asked)) expect(answer.status).toBe(200);
			await clock.advance(999);
			await fetch(`${origin}/health/ready`);
			expect(runs).toBe(round);
			await clock.advance(1);
		}
	});
});

describe('/metrics', () => {
	it('counts requests by route and status class, never by path', async () => {
		const { ask, origin } = await startServer();
		await ask('{ hello }');
		await fetch(`${origin}/${MARKER}`);
		const answer = await fetch(`${origin}/metrics`);
		const text = await answer.text();
		expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
		expect(text).toContain('firmseal_http_request_seconds_count{route="/graphql",status="2xx"} 1');
		expect(text).toContain('firmseal_http_request_seconds_count{route="none",status="4xx"} 1');
		expect(text).not.toContain(MARKER);
	});

	it('is not found if metrics are off', async () => {
		const { origin } = await startServer({ server: { metrics: false } });
		const answer = await fetch(`${origin}/metrics`);
		expect(answer.status).toBe(404);
		expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND' });
	});
});
