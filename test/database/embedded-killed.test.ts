import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { ask, isLinux, isRoot, kill, newDirectory, postmasterOf, startInProcess } from './embedded-servers.ts';
import { codeOf } from './two-firms.ts';

/** The lock of a killed process expires after ten seconds; these tests wait for it concurrently. */
describe.concurrent('the embedded server, after a SIGKILL', () => {
	it('is adopted with its data if the process that started it was killed', async () => {
		const directory = newDirectory();
		const { child, url } = await startInProcess(directory);
		await ask(await url, 'create table kept as select 7 as seven');
		if (isLinux && isRoot) {
			// PostgreSQL needs none of our settings, and its superuser could read them.
			expect(readFileSync(`/proc/${postmasterOf(directory)}/environ`, 'utf8')).not.toContain(
				'secret-of-the-environment',
			);
		}
		await kill(child);
		const heir = await startEmbeddedServer({ directory });
		expect(heir.urlOf(SUPERUSER)).toBe(await url);
		expect(await ask(heir.urlOf(SUPERUSER), 'select seven from kept')).toEqual([{ seven: 7 }]);
		await heir.stop();
		expect(await codeOf(ask(await url))).toBe('ECONNREFUSED');
	});

	it('is adopted if a command with exclusive use was killed, once its lock is stale', async () => {
		const directory = newDirectory();
		const { child, url } = await startInProcess(directory, 'forOneCommand');
		await url;
		await kill(child);
		const heir = await startEmbeddedServer({ directory });
		expect(heir.urlOf(SUPERUSER)).toBe(await url);
		await heir.stop();
	});

	it('is created again if the process that was creating it was killed', async () => {
		const directory = newDirectory();
		const { child } = await startInProcess(directory);
		while (!existsSync(join(directory, 'cluster.unfinished', 'PG_VERSION'))) await sleep(5);
		await kill(child);
		expect(existsSync(join(directory, 'cluster'))).toBe(false);
		const server = await startEmbeddedServer({ directory });
		expect(await ask(server.urlOf(SUPERUSER))).toEqual([{ one: 1 }]);
		expect(readdirSync(directory).sort()).toEqual(['cluster', 'log', 'password']);
		await server.stop();
	});

	it('does not end with a process that started an earlier server in the same directory', async () => {
		const directory = newDirectory();
		const { child, url } = await startInProcess(directory);
		await url;
		const former = postmasterOf(directory);
		const another = spawn('sleep', ['60']);
		const ended = once(another, 'exit');
		const path = join(directory, 'cluster/postmaster.pid');
		writeFileSync(path, readFileSync(path, 'utf8').replace(/^\d+/, String(another.pid)));
		child.kill('SIGTERM');
		await once(child, 'exit');
		process.kill(former, 'SIGQUIT');
		another.kill('SIGTERM');
		expect(await ended).toEqual([null, 'SIGTERM']);
	});

	it('starts again after it was killed itself, and still has what was committed', async () => {
		const directory = newDirectory();
		const server = await startEmbeddedServer({ directory });
		await ask(server.urlOf(SUPERUSER), 'create table kept as select 8 as eight');
		process.kill(postmasterOf(directory), 'SIGKILL');
		while ((await codeOf(ask(server.urlOf(SUPERUSER)))) !== 'ECONNREFUSED') await sleep(20);
		const again = await startEmbeddedServer({ directory });
		expect(await ask(again.urlOf(SUPERUSER), 'select eight from kept')).toEqual([{ eight: 8 }]);
		await again.stop();
	});
});
