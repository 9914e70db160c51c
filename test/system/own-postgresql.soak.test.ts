import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { endAll, launch, newDirectory, type Running } from './program.ts';
import { blocksOf, NODE_PATH, NPX } from './readme-blocks.ts';

const [oneUrl, bySignIns] = blocksOf('docs/how-to/use-your-own-postgresql.md').filter(
	({ language }) => language === 'sh',
);

describe('the commands of docs/how-to/use-your-own-postgresql.md', () => {
	let server: Awaited<ReturnType<typeof startEmbeddedServer>>;
	/** The login that may create roles, in place of the page's `postgres@HOST`. */
	let administrator: string;
	let host: string;
	let data: string;
	let running: Running | undefined;
	beforeEach(async () => {
		server = await startEmbeddedServer({ directory: join(newDirectory(), 'postgres') });
		const url = new URL(server.urlOf(SUPERUSER));
		host = url.host;
		administrator = `${url.username}:${url.password}@${host}/`;
		data = join(newDirectory(), 'data');
	});
	afterEach(async () => {
		// The shell and every process that it has started.
		if (running) process.kill(-running.pid, 'SIGTERM');
		await running?.ended;
		await server.stop();
		await endAll();
	});

	/** Runs the commands in their own process group, as a terminal does. Resolves once the API answers. */
	async function answers(commands: string): Promise<Running> {
		const env = { FIRMSEAL_DATA_DIR: data, FIRMSEAL_PORT: '0', PATH: NODE_PATH };
		running = launch(env, 'sh', ['-c', `set -eu\n${NPX}\n${commands}`], { detached: true });
		await running.saw(/Firmseal answers on .*graphql\n/);
		return running;
	}

	it('start Firmseal with one URL, without a second PostgreSQL', async () => {
		await answers(oneUrl?.text.replace('postgres@127.0.0.1/', administrator) ?? '');
		expect(existsSync(join(data, 'postgres'))).toBe(false);
	});

	it('create the logins and a firm and start the processes, and doctor finds nothing wrong', async () => {
		const commands = bySignIns?.text
			.replaceAll('postgres@HOST/', administrator)
			.replaceAll(':PASSWORD@HOST/', `:a-long-word@${host}/`);
		const { output } = await answers(commands ?? '');
		expect(output.stdout).not.toMatch(/^WRONG/m);
		expect(output.stdout).toMatch(/^ok {4}/m);
		expect(output.stdout).toMatch(/acme/);
	});
});
