import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
	endAll,
	isAlive,
	launch,
	MAIN,
	newDirectory,
	postmasterOf,
	type Running,
	START,
	startApi,
	until,
} from './program.ts';

/** The ids of the processes whose command line names the directory. */
const processesOf = (directory: string): string[] =>
	readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandOf(name).includes(directory));

/** Empty if the process has ended, even if its parent has not reaped it. */
function commandOf(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
	} catch {
		return '';
	}
}

/** The program `script`, which runs a command at a new terminal; empty if it is not installed. */
const SCRIPT = ['/usr/bin/script'].find((path) => process.platform === 'linux' && existsSync(path)) ?? '';

const childrenOf = (pid: number): string[] =>
	pid === 0 ? [] : readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');

describe('stopping npm start', () => {
	/** Shared by the tests, because loading the demo takes longest. */
	const directory = newDirectory();
	/** The directory of the starts that are interrupted, one after the other. */
	const fresh = newDirectory();
	afterAll(endAll);

	async function expectAllGone(program: Running, directory: string, postmaster: number | null) {
		const outcome = await program.ended;
		expect(outcome).toMatchObject({ code: 0 });
		expect(isAlive(program.pid)).toBe(false);
		expect(postmaster === null || !isAlive(postmaster)).toBe(true);
		expect(postmasterOf(directory)).toBeNull();
		expect(outcome.stderr).not.toContain('firmseal:');
	}

	it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s ends the API and PostgreSQL', async (signal) => {
		const api = await startApi({ FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0' });
		const postmaster = postmasterOf(directory);
		expect(postmaster).not.toBeNull();
		api.kill(signal);
		await expectAllGone(api, directory, postmaster);
	});

	it.skipIf(!SCRIPT)(
		`by closing its terminal ends PostgreSQL too, and deletes the tokens${SCRIPT ? '' : ' (skipped: `script` is not installed)'}`,
		async () => {
			const settings = { FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0', SHELL: '/bin/sh' };
			const terminal = launch(settings, SCRIPT, ['-qec', `exec ${process.execPath} ${START}`, '/dev/null']);
			await terminal.saw(/Ctrl-C stops everything/);
			const postmaster = postmasterOf(directory) ?? 0;
			expect(existsSync(join(directory, 'tokens.sh'))).toBe(true);
			terminal.kill('SIGKILL');
			await until(() => !isAlive(postmaster) && !existsSync(join(directory, 'tokens.sh')));
			expect(postmasterOf(directory)).toBeNull();
		},
	);

	it('by a signal that arrives twice, from the terminal and from npm, ends PostgreSQL too', async () => {
		const api = await startApi({ FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0' });
		const postmaster = postmasterOf(directory);
		api.kill('SIGINT');
		// Two pending signals would be merged into one.
		await until(() => /^ShdPnd:\t0+$/m.test(readFileSync(`/proc/${api.pid}/status`, 'utf8')));
		api.kill('SIGINT');
		await expectAllGone(api, directory, postmaster);
	});

	it.each([
		{ during: 'the creation of the database', sign: /Starting: database/ },
		{ during: 'the migrations', sign: /schema/ },
		{ during: 'the demo', sign: /demo\.\./ },
	])('during $during prints a confirmation, leaves no process, and the next start continues', async ({ sign }) => {
		const program = launch({ FIRMSEAL_DATA_DIR: fresh, FIRMSEAL_PORT: '0' }, process.execPath, [START]);
		await program.saw(sign);
		program.kill('SIGINT');
		const { stderr, stdout } = await program.ended;
		await expectAllGone(program, fresh, null);
		expect(stderr).toMatch(/^Starting: .+\nStopping\. Ctrl-C again ends everything at once\.\n$/);
		expect(stdout).toBe('');
		expect(processesOf(fresh)).toEqual([]);
	});

	it('a second time ends the process at once, and PostgreSQL with it', async () => {
		const program = await startApi({ FIRMSEAL_DATA_DIR: fresh, FIRMSEAL_PORT: '0' });
		const postmaster = postmasterOf(fresh) ?? 0;
		// Running requests have eight seconds to finish.
		const held = connect(Number(new URL(program.url).port), '127.0.0.1');
		await once(held, 'connect');
		held.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n');
		program.kill('SIGINT');
		await program.saw(/Stopping/);
		// A signal within a second of the first one counts as the same signal.
		await until(() => {
			program.kill('SIGINT');
			return !isAlive(program.pid);
		});
		expect(await program.ended).toMatchObject({ code: 130 });
		held.destroy();
		await until(() => !isAlive(postmaster));
	});

	describe('a command that starts its own PostgreSQL', () => {
		const STOPPING = 'Stopping. Ctrl-C again ends everything at once.\n';
		/** Starts the command and presses Ctrl-C as soon as `sign` returns true. */
		async function stopAt(sign: () => boolean, said: string, ...args: string[]) {
			const program = launch({ FIRMSEAL_DATA_DIR: fresh }, process.execPath, [MAIN, ...args]);
			await until(sign);
			const postmaster = postmasterOf(fresh);
			program.kill('SIGINT');
			expect(await program.ended).toMatchObject({ code: 130, stdout: '', stderr: said });
			await until(() => processesOf(fresh).length === 0 && (postmaster === null || !isAlive(postmaster)));
		}

		it('ends with its PostgreSQL at Ctrl-C, while it starts and while it waits', async () => {
			const isStarting = () => postmasterOf(fresh) !== null;
			// The command has connected and waits for a worker.
			const isWaiting = () =>
				childrenOf(postmasterOf(fresh) ?? 0).some((pid) => commandOf(pid).includes('firmseal_worker_login'));
			await stopAt(isStarting, STOPPING, 'keys', 'rotate', '--firm', 'northgate');
			await stopAt(isWaiting, STOPPING, 'keys', 'rotate', '--firm', 'northgate');
			await stopAt(isStarting, STOPPING, 'doctor');
		});

		it('ends the creation of the database at once', async () => {
			rmSync(fresh, { recursive: true });
			await stopAt(() => existsSync(join(fresh, 'postgres/cluster.unfinished/PG_VERSION')), '', 'init');
			// initdb creates this directory last.
			expect(existsSync(join(fresh, 'postgres/cluster.unfinished/base/5'))).toBe(false);
		});
	});

	it('is not needed in production, where a start is refused with every reason and creates nothing', async () => {
		const empty = newDirectory();
		const program = launch({ FIRMSEAL_DATA_DIR: empty, FIRMSEAL_ENV: 'production' }, process.execPath, [START]);
		const { code, stdout, stderr } = await program.ended;
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toContain('npm start is for development');
		expect(stderr).not.toContain('    at ');
		expect(readdirSync(empty)).toEqual([]);
	});
});
