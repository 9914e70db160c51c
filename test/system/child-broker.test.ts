import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endAll, isAlive, MAIN, newDirectory, type RunningApi, startApi, until } from './program.ts';

/** Process ids of the brokers that a process has started. */
const brokersOf = (parent: number): number[] =>
	readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((pid) => {
			try {
				const ofParent = new RegExp(`^PPid:\\s+${parent}$`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8'));
				return ofParent && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${MAIN}\0broker`);
			} catch {
				return false;
			}
		});

describe('the broker of npm start', () => {
	let directory: string;
	let api: RunningApi;
	let broker: number;
	beforeAll(() => {
		directory = newDirectory();
	});
	beforeEach(async () => {
		api = await startApi({ FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0' });
		const started = brokersOf(api.pid);
		expect(started).toEqual([expect.any(Number)]);
		[broker] = started as [number];
	});
	afterEach(async () => {
		api.kill('SIGTERM');
		await api.ended;
	});
	afterAll(endAll);

	it('is a process of its own that knows no sign-in but its own', async () => {
		const environment = readFileSync(`/proc/${broker}/environ`, 'utf8').split('\0');
		const urls = environment.filter((line) => line.includes('postgres://'));
		expect(urls).toHaveLength(1);
		expect(urls[0]).toMatch(/^FIRMSEAL_BROKER_DATABASE_URL=postgres:\/\/firmseal_broker_login:/);
	});

	it('is started again when it dies, and ends with npm start', async () => {
		process.kill(broker, 'SIGKILL');
		await until(() => brokersOf(api.pid).some((pid) => pid !== broker));
		const [second] = brokersOf(api.pid) as [number];
		const log = () => readFileSync(join(directory, 'log'), 'utf8');
		await until(() => /ended by itself[\s\S]*deciding on leases/.test(log()));
		api.kill('SIGTERM');
		expect(await api.ended).toMatchObject({ code: 0 });
		expect(isAlive(second)).toBe(false);
	});

	it('ends by itself when npm start is killed', async () => {
		api.kill('SIGKILL');
		await api.ended;
		await until(() => !isAlive(broker));
	});
});
