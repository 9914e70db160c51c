import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import {
	endAll,
	isAlive,
	launch,
	newDirectory,
	postmasterOf,
	type Running,
	START,
	startApi,
	until,
} from './program.ts';

describe('stopping npm start', () => {
	/** Shared, because loading the demo takes longest. */
	const directory = newDirectory();
	afterAll(endAll);

	async function expectAllGone(program: Running, directory: string, postmaster: number | null) {
		const outcome = await program.ended;
		expect(outcome).toMatchObject({ code: 0 });
		expect(isAlive(program.pid)).toBe(false);
		expect(postmaster === null || !isAlive(postmaster)).toBe(true);
		expect(postmasterOf(directory)).toBeNull();
		expect(outcome.stderr).not.toContain('firmseal:');
	}

	it.each(['SIGINT', 'SIGTERM'] as const)('by %s ends the API and PostgreSQL', async (signal) => {
		const api = await startApi({ FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0' });
		const postmaster = postmasterOf(directory);
		expect(postmaster).not.toBeNull();
		api.kill(signal);
		await expectAllGone(api, directory, postmaster);
	});

	it('by a signal that arrives twice, from the terminal and from npm, ends PostgreSQL too', async () => {
		const api = await startApi({ FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0' });
		const postmaster = postmasterOf(directory);
		api.kill('SIGINT');
		// Two that it has not taken yet would be one.
		await until(() => /^ShdPnd:\t0+$/m.test(readFileSync(`/proc/${api.pid}/status`, 'utf8')));
		api.kill('SIGINT');
		await expectAllGone(api, directory, postmaster);
	});

	it('while it is still starting ends PostgreSQL too', async () => {
		const fresh = newDirectory();
		const program = launch({ FIRMSEAL_DATA_DIR: fresh, FIRMSEAL_PORT: '0' }, process.execPath, [START]);
		await program.saw(/Demo of northgate/);
		const postmaster = postmasterOf(fresh);
		expect(postmaster).not.toBeNull();
		program.kill('SIGTERM');
		await expectAllGone(program, fresh, postmaster);
	});

	it('is not needed in production: it is refused with every reason, and makes nothing', async () => {
		const empty = newDirectory();
		const program = launch({ FIRMSEAL_DATA_DIR: empty, FIRMSEAL_ENV: 'production' }, process.execPath, [START]);
		const { code, stdout, stderr } = await program.ended;
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toContain('npm start is for development');
		expect(stderr).not.toContain('    at ');
		expect(readdirSync(empty)).toEqual([]);
	});
});
