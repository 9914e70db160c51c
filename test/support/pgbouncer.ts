import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { startOnRandomPort } from '../../src/database/embedded/random-port.ts';
import { resolveServerAccount } from '../../src/database/embedded/server-account.ts';
import type { TestServer } from './servers.ts';

/** The path of pgbouncer: Debian's, or one on the PATH. Null if it is not installed. */
export const PGBOUNCER: string | null =
	['/usr/sbin', ...(process.env.PATH ?? '').split(delimiter)]
		.map((directory) => join(directory, 'pgbouncer'))
		.find((file) => existsSync(file)) ?? null;

/** A pgbouncer with transaction pooling in front of a test server. */
export interface Pooler {
	/** The URL of the same database, user and password through the pooler. */
	pooled(url: string): string;
	/** The client ports of its present connections to the server, by user. */
	serverPorts(): Promise<Readonly<Record<string, readonly number[]>>>;
	stop(): Promise<void>;
}

export interface PoolerOptions {
	/** Names and passwords of the permitted users. */
	readonly users: Readonly<Record<string, string>>;
	/** Maximum connections to the server for each user of a database. */
	readonly serverConnections: number;
}

const CONSOLE = { user: 'console', password: 'only-for-the-console' };

/** Starts pgbouncer with its defaults and these options, like Debian's package next to a PostgreSQL. */
export async function startPgbouncer(
	{ url }: TestServer,
	{ users, serverConnections }: PoolerOptions,
): Promise<Pooler> {
	if (!PGBOUNCER) throw new Error('pgbouncer is not installed');
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-pgbouncer-'));
	chmodSync(directory, 0o755);
	const files = join(directory, 'own');
	mkdirSync(files, { mode: 0o700 });
	// pgbouncer refuses to run as root.
	const account = resolveServerAccount([join(files, 'x')]);
	const write = (name: string, text: string) => {
		writeFileSync(join(files, name), text, { mode: 0o600 });
		account.takeOwnership(join(files, name));
		return join(files, name);
	};
	const { hostname, port } = new URL(url);
	const known = { ...users, [CONSOLE.user]: CONSOLE.password };
	const list = write(
		'userlist.txt',
		Object.entries(known)
			.map(([user, password]) => `"${user}" "${password}"\n`)
			.join(''),
	);
	const pidfile = join(files, 'pid');
	const log = join(files, 'log');
	const settings = {
		listen_addr: '127.0.0.1',
		unix_socket_dir: '',
		auth_type: 'scram-sha-256',
		auth_file: list,
		admin_users: CONSOLE.user,
		pool_mode: 'transaction',
		default_pool_size: serverConnections,
		max_prepared_statements: 100,
		max_client_conn: 500,
		logfile: log,
		pidfile,
	};
	account.takeOwnership(files);
	const startAt = async (at: number) => {
		const all = Object.entries({ ...settings, listen_port: at }).map(([name, value]) => `${name} = ${value}`);
		const ini = ['[databases]', `* = host=${hostname} port=${port}`, '[pgbouncer]', ...all, ''];
		rmSync(log, { force: true });
		await account.run(PGBOUNCER, ['--daemon', write('pgbouncer.ini', ini.join('\n'))]);
		for (;;) {
			const said = existsSync(log) ? readFileSync(log, 'utf8') : '';
			if (said.includes('process up')) return;
			if (said.includes('FATAL')) throw new Error(said);
			await delay(20);
		}
	};
	const ownPort = await startOnRandomPort(startAt, (error) => String(error).includes('Address already in use'));
	const at = (user: string, password: string, database: string) =>
		`postgres://${user}:${password}@127.0.0.1:${ownPort}/${database}`;
	const own = postgres(at(CONSOLE.user, CONSOLE.password, 'pgbouncer'), { max: 1, fetch_types: false, prepare: false });
	return {
		pooled: (direct) => Object.assign(new URL(direct), { host: `127.0.0.1:${ownPort}` }).href,
		async serverPorts() {
			const rows = await own.unsafe('show servers').simple();
			return Object.fromEntries(
				[...Map.groupBy(rows, ({ user }) => user as string)].map(([user, of]) => [
					user,
					of.map(({ local_port }) => Number(local_port)),
				]),
			);
		},
		async stop() {
			await own.end({ timeout: 2 });
			// It has no state to keep.
			process.kill(Number(readFileSync(pidfile, 'utf8')), 'SIGKILL');
			rmSync(directory, { recursive: true, force: true });
		},
	};
}
