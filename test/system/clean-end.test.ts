import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, describe, expect, it } from 'vitest';
import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { startCeph } from '../support/ceph.ts';
import { MOTO, startMoto } from '../support/moto.ts';
import { PGBOUNCER, startPgbouncer } from '../support/pgbouncer.ts';
import { isSoak } from '../support/scale.ts';
import { mount, whyNoDisk } from '../support/small-disk.ts';
import { endAll, launch, newDirectory, PROJECT, postmasterOf } from './program.ts';

/** The script that `npm test` runs. */
const RUNNER = join(PROJECT, '.ci/tests/run.ts');
const isLinux = process.platform === 'linux';
const NOTHING = { alive: [], files: [] };
/** Set in the inner run only: the port where the run reports what it started and waits for the signal to end, and whether it starts Ceph. */
const { FIRMSEAL_INTERRUPTED: port, FIRMSEAL_WITH_CEPH: withCeph } = process.env;

if (port) it('starts everything that tests start, and ends none of it', startEverything, 600_000);
else
	describe.runIf(isLinux)(`a test run${isLinux ? '' : ' (skipped: only Linux lists processes in /proc)'}`, () => {
		afterAll(endAll);

		const peers = { moto: MOTO, pgbouncer: PGBOUNCER, ...(isSoak && { Ceph: existsSync('/usr/bin/radosgw') }) };
		for (const [peer, isHere] of Object.entries(peers))
			if (!isHere && process.env.FIRMSEAL_CI === '1') throw new Error(`${peer} is not installed.`);
			else if (!isHere) it.skip(`ends ${peer} too (skipped: it is not installed)`, () => {});
		if (whyNoDisk()) it.skip(`unmounts a disk too (skipped: ${whyNoDisk()})`, () => {});

		it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind if %s ends it', async (signal) => {
			const { run, left } = await beginRun();
			// To the whole process group, as Ctrl-C and .ci/run do: the workers and their children receive the signal too.
			process.kill(-run.pid, signal);
			await run.ended;
			expect(left()).toEqual(NOTHING);
		});

		it('leaves nothing behind if SIGKILL ends it, and another run right after it passes', async () => {
			const first = await beginRun();
			first.run.kill('SIGKILL');
			const second = await beginRun(first.directory);
			second.goOn();
			expect(await second.run.ended).toMatchObject({ code: 0 });
			await first.run.ended;
			expect([first.left(), second.left()]).toEqual([NOTHING, NOTHING]);
		});

		it('leaves nothing behind if its test worker is killed', async () => {
			const { run, left, worker } = await beginRun();
			process.kill(worker, 'SIGKILL');
			expect(await run.ended).toMatchObject({ code: 1 });
			expect(left()).toEqual(NOTHING);
		});
	});

/**
 * Starts another run of this file, and resolves when that run has started everything. The run counts as ended when its guardian process has
 * ended too, because the guardian shares its output.
 */
async function beginRun(directory = newDirectory()) {
	const listener = createServer().listen(0, '127.0.0.1');
	await once(listener, 'listening');
	const { port } = listener.address() as AddressInfo;
	const env = { TMPDIR: directory, FIRMSEAL_INTERRUPTED: `${port}`, FIRMSEAL_WITH_CEPH: isSoak ? 'yes' : '' };
	const run = launch(env, process.execPath, [RUNNER, 'fast', 'test/system/clean-end.test.ts'], { detached: true });
	const tooSoon = run.ended.then(({ stdout, stderr }) => Promise.reject(new Error(stdout + stderr)));
	const [socket] = await Promise.race([once(listener, 'connection'), tooSoon]);
	socket.on('error', () => {});
	const [report] = await once(socket, 'data');
	const { pids, memory }: { pids: [worker: number, ...number[]]; memory: string } = JSON.parse(String(report));
	expect(pids.map(commandOf)).not.toContain('');
	expect(existsSync(memory)).toBe(true);
	return {
		directory,
		run,
		worker: pids[0],
		goOn: () => socket.end('go on'),
		left() {
			listener.close();
			const files = [...readdirSync(directory), ...[memory].filter(existsSync)];
			return { alive: pids.map(commandOf).filter(Boolean), files };
		},
	};
}

/** Empty if the process has ended, even if the system has not yet freed its resources. */
function commandOf(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
	} catch {
		return '';
	}
}

async function startEverything(): Promise<void> {
	const directory = newDirectory();
	if (whyNoDisk() === null) mount(newDirectory());
	const database = startEmbeddedServer({ directory: join(directory, 'postgres') });
	const [{ urlOf, files }] = await Promise.all([database, startMoto(), withCeph && startCeph()]);
	const url = urlOf(SUPERUSER);
	const [row] = await postgres(url)`select pg_backend_pid() as pid`;
	if (PGBOUNCER) await startPgbouncer({ name: 'embedded', url, files }, { users: {}, serverConnections: 1 });
	const poolers = globSync(join(tmpdir(), 'firmseal-pgbouncer-*/own/pid'));
	const idle = ['--eval', 'setTimeout(() => {}, 600_000)', join(directory, 'program.mjs')];
	// Like a program that a test has built and that inherits none of our environment.
	spawn(process.execPath, idle, { env: {}, detached: true, stdio: 'ignore' });
	spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).kill('SIGSTOP');
	const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').map(Number);
	const postmaster = postmasterOf(directory) ?? 0;
	const daemons = [postmaster, Number(row?.pid), ...poolers.map((file) => Number(readFileSync(file, 'utf8')))];
	// PostgreSQL's shared memory, which is outside its directory.
	const [memory] = /\/dev\/shm\/PostgreSQL\.\d+/.exec(readFileSync(`/proc/${postmaster}/maps`, 'utf8')) ?? [];
	const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
	socket.write(JSON.stringify({ pids: [process.pid, ...children, ...daemons], memory }));
	await once(socket, 'data');
}
