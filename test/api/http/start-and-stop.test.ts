import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { assertCanListen, listenError } from '../../../src/api/http/listen-error.ts';
import { readConfig } from '../../../src/config/config.ts';
import { SetupError } from '../../../src/errors.ts';
import { startServer } from './start-server.ts';

/** A deadline in milliseconds that no test reaches. */
const NEVER = 3_600_000;

describe('listen', () => {
	it('reports a port in use, and names the setting that changes it', async () => {
		const { origin } = await startServer();
		const port = Number(new URL(origin).port);
		const second = startServer({ server: { port } });
		await expect(second).rejects.toThrow(
			new SetupError(`Port ${port} on 127.0.0.1 is in use: stop the other program or set FIRMSEAL_PORT.`),
		);
	});

	it.runIf(process.platform === 'linux')(
		`shares a port only with servers that share it too${process.platform === 'linux' ? '' : ' (skipped: only Linux shares a port)'}`,
		async () => {
			const first = await startServer({ server: { port: 0, sharePort: true } });
			const port = Number(new URL(first.origin).port);
			const second = await startServer({ server: { port, sharePort: true } });
			expect([first.origin, second.origin]).toEqual(Array(2).fill(`http://127.0.0.1:${port}`));
			await expect(startServer({ server: { port } })).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
			await first.stop();
			expect(await (await second.ask('{ hello }')).json()).toEqual({ data: { hello: 'world' } });
		},
	);

	// No address fails on every machine, and root may use every port.
	it.each([
		['ENOTSUP', 'This system does not let processes share a port: unset FIRMSEAL_SHARE_PORT.'],
		['EACCES', 'This user may not listen on port 443: set FIRMSEAL_PORT to 1024 or more.'],
		['ENOTFOUND', 'seal.example cannot be resolved to an address: set FIRMSEAL_HOST to one of this machine.'],
		['EAI_AGAIN', 'seal.example cannot be resolved to an address: set FIRMSEAL_HOST to one of this machine.'],
	])('says how to fix %s', (code, sentence) => {
		const error = Object.assign(new Error(`listen ${code}`), { code });
		expect(listenError(error, { host: 'seal.example', port: 443 })).toEqual(new SetupError(sentence));
	});

	it('reports an address of another machine, also before a start on any free port', async () => {
		await expect(startServer({ server: { host: '192.0.2.1' } })).rejects.toThrow(/of this machine: set FIRMSEAL_HOST/);
		const server = { ...readConfig({}).server, host: '192.0.2.1', port: 0 };
		await expect(assertCanListen(server)).rejects.toThrow(/of this machine: set FIRMSEAL_HOST/);
		await assertCanListen({ ...server, host: '127.0.0.1' });
	});
});

describe('stop', () => {
	it('lets a running request finish, accepts no new connection, and reports not ready meanwhile', async () => {
		const { app, ask, begun, releaseSlow, origin, stop } = await startServer();
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const ready = () =>
			new Promise<number | undefined>((resolve, reject) => {
				get(`${origin}/health/ready`, { agent }, (answer) => {
					answer.resume().on('end', () => resolve(answer.statusCode));
				}).on('error', reject);
			});
		expect(await ready()).toBe(200);
		const running = ask('{ slow }');
		await begun;
		// A half-sent request keeps this connection busy, so that readiness can be requested while the server stops.
		const { hostname, port } = new URL(origin);
		const accepted = once(app.server, 'connection') as Promise<[Socket]>;
		const probe = connect(Number(port), hostname);
		probe.write('GET /health/ready HTTP/1.1\r\nHost: x\r\n');
		const [half] = await accepted;
		await expect.poll(() => half.bytesRead).toBeGreaterThan(0);
		let isStopped = false;
		const stopped = stop(NEVER).then(() => {
			isStopped = true;
		});
		await expect.poll(() => app.server.listening).toBe(false);
		const heard = once(probe, 'data');
		probe.write('\r\n');
		const [bytes] = await heard;
		expect(String(bytes)).toMatch(/^HTTP\/1\.1 503 .*connection: close/is);
		await expect(ask('{ hello }')).rejects.toThrow();
		expect(isStopped).toBe(false);
		releaseSlow();
		const answer = await running;
		expect(await answer.json()).toEqual({ data: { slow: 'done' } });
		expect(answer.headers.get('connection')).toBe('close');
		await stopped;
		agent.destroy();
	});

	it('cuts off at the deadline what is still running', async () => {
		const { ask, begun, stop } = await startServer();
		const refused = expect(ask('{ slow }')).rejects.toThrow();
		await begun;
		await stop(100);
		await refused;
	});

	it('may be called twice, and ends idle connections at once', async () => {
		const { ask, stop } = await startServer();
		await (await ask('{ hello }')).text();
		await Promise.all([stop(NEVER), stop(NEVER)]);
	});
});
