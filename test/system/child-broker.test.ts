import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SECRET_NAMES, secretFileSettingOf } from '../../src/config/settings.ts';
import { endAll, isAlive, MAIN, newDirectory, type RunningApi, startApi, until } from './program.ts';

/** The process ids of the brokers that the process `parent` has started. */
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

/** Settings that only the API and the worker receive. */
const NOT_ITS_OWN = {
	FIRMSEAL_FERNET_KEYS: 'hkdf:of another program',
	FIRMSEAL_DJANGO_KEYS: '[{"secretKey":"of another program"}]',
	FIRMSEAL_WEBHOOK_URL: 'https://hooks.example/in',
	FIRMSEAL_WEBHOOK_SECRET: 'of-another-program'.repeat(2),
};

describe('the broker of npm start', () => {
	let directory: string;
	let api: RunningApi;
	let broker: number;
	beforeAll(() => {
		directory = newDirectory();
	});
	beforeEach(async () => {
		api = await startApi({ FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0', ...NOT_ITS_OWN });
		const started = brokersOf(api.pid);
		expect(started).toEqual([expect.any(Number)]);
		[broker] = started as [number];
	});
	afterEach(async () => {
		api.kill('SIGTERM');
		await api.ended;
	});
	afterAll(endAll);

	it('is a separate process that has its own database login and no other secret', async () => {
		const environment = readFileSync(`/proc/${broker}/environ`, 'utf8').split('\0');
		const urls = environment.filter((line) => line.includes('postgres://'));
		expect(urls).toHaveLength(1);
		expect(urls[0]).toMatch(/^FIRMSEAL_BROKER_DATABASE_URL=postgres:\/\/firmseal_broker_login:/);
		const secrets = new Set<string>(SECRET_NAMES.flatMap((name) => [name, secretFileSettingOf(name)]));
		const received = environment.map((line) => line.split('=')[0] ?? '').filter((name) => secrets.has(name));
		expect(received).toEqual(['FIRMSEAL_BROKER_DATABASE_URL']);
		expect(environment.join('\n')).not.toMatch(/of.another.program/);
	});

	it('is restarted if it dies, and ends when npm start ends', async () => {
		process.kill(broker, 'SIGKILL');
		await until(() => brokersOf(api.pid).some((pid) => pid !== broker));
		const [second] = brokersOf(api.pid) as [number];
		const log = () => readFileSync(join(directory, 'log'), 'utf8');
		await until(() => /ended unexpectedly[\s\S]*this broker now decides on leases/.test(log()));
		api.kill('SIGTERM');
		expect(await api.ended).toMatchObject({ code: 0 });
		expect(isAlive(second)).toBe(false);
	});

	it('ends by itself if npm start is killed', async () => {
		api.kill('SIGKILL');
		await api.ended;
		await until(() => !isAlive(broker));
	});
});
