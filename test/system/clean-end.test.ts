import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, describe, expect, it } from 'vitest';
import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { endAll, launch, newDirectory, PROJECT, postmasterOf } from './program.ts';

const VITEST = join(PROJECT, 'node_modules/vitest/vitest.mjs');
const FILE = 'test/system/clean-end.test.ts';
/** In the run that is interrupted: where it says what it has started, and hears that it may end. */
const { FIRMSEAL_INTERRUPTED: port } = process.env;

if (port) it('starts what tests start, and ends nothing', stand, 60_000);
else
	describe.runIf(process.platform === 'linux')('a run of the tests', () => {
		afterAll(endAll);

		it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('leaves nothing behind when %s ends it', async (signal) => {
			const { run, isClean } = await begin();
			run.kill(signal);
			await run.ended;
			expect(isClean()).toEqual({ alive: [], files: [] });
		});

		it('leaves nothing behind when its worker is killed', async () => {
			const { run, isClean, worker } = await begin();
			process.kill(worker, 'SIGKILL');
			expect(await run.ended).toMatchObject({ code: 1 });
			expect(isClean()).toEqual({ alive: [], files: [] });
		});

		it('passes after all of these, and leaves nothing behind, whatever its tests have left', async () => {
			const { run, isClean, goOn } = await begin();
			goOn();
			expect(await run.ended).toMatchObject({ code: 0 });
			expect(isClean()).toEqual({ alive: [], files: [] });
		});
	});

/** Another run of this file, when it has started everything. It counts as ended when its guardian has ended too, who writes where it does. */
async function begin() {
	const directory = newDirectory();
	const listener = createServer().listen(0, '127.0.0.1');
	await once(listener, 'listening');
	const env = { TMPDIR: directory, FIRMSEAL_INTERRUPTED: String((listener.address() as AddressInfo).port) };
	const run = launch(env, process.execPath, [VITEST, 'run', '--project', 'postgres', FILE]);
	const [socket] = await once(listener, 'connection');
	socket.on('error', () => {});
	const pids: number[] = JSON.parse(String((await once(socket, 'data'))[0]));
	const [worker = 0] = pids;
	expect(pids.map(commandOf)).not.toContain('');
	return {
		run,
		worker,
		goOn: () => socket.end('go on'),
		isClean() {
			listener.close();
			return { alive: pids.map(commandOf).filter(Boolean), files: readdirSync(directory) };
		},
	};
}

/** Empty: it has ended, even if the system still has to take back what it held. */
function commandOf(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
	} catch {
		return '';
	}
}

async function stand(): Promise<void> {
	const directory = newDirectory();
	const server = await startEmbeddedServer({ directory: `${directory}/postgres` });
	const [row] = await postgres(server.urlOf(SUPERUSER))`select pg_backend_pid() as pid`;
	const sleep = () => spawn('sleep', ['600'], { cwd: PROJECT, detached: true, stdio: 'ignore' });
	const [running, stopped] = [sleep(), sleep()];
	stopped.kill('SIGSTOP');
	const pids = [process.pid, postmasterOf(directory), row?.pid, running.pid, stopped.pid];
	const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
	socket.write(JSON.stringify(pids));
	await once(socket, 'data');
}
