import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { startPostgresOnRandomPort } from '../../src/database/embedded/random-port.ts';
import { resolveServerAccount } from '../../src/database/embedded/server-account.ts';
import { prepareDatabase, SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';

/** A running PostgreSQL for tests. `url` is the superuser's URL of its database `postgres`. */
export interface TestServer {
	readonly name: string;
	readonly url: string;
	/** The directory of its files, which tests search like a disk thief. */
	readonly files: string;
	/** A prepared database to copy. Without it, a new one is prepared. */
	readonly template?: string;
}

const DEBIAN = '/usr/lib/postgresql';

/**
 * A server that no other test file uses at the same time, since roles and their rights belong to a cluster, and tests change them. The
 * first file of a worker starts it, and it stops with the run (.ci/tests/isolated-run.ts). Null if this kind is not installed.
 */
export async function serverOfWorker(kind: 'embedded' | 'external'): Promise<TestServer | null> {
	const known = join(tmpdir(), `worker-${process.env.VITEST_POOL_ID}-${kind}.json`);
	if (existsSync(known)) return JSON.parse(readFileSync(known, 'utf8')) as TestServer;
	const directory = join(mkdtempSync(join(tmpdir(), 'firmseal-worker-')), kind);
	const started = kind === 'embedded' ? await startEmbedded(directory) : (await startExternal(directory))?.server;
	if (!started) return null;
	await hurry(started.url);
	const server = { ...started, template: await makeTemplate(started.url) };
	// Renamed in one step, so that a killed worker leaves all of it or nothing.
	writeFileSync(`${known}.new`, JSON.stringify(server));
	renameSync(`${known}.new`, known);
	return server;
}

/**
 * Turns fsync off: these servers need not survive a crash, and concurrent tests must not wait for the disk. Tests of a crashing server
 * start their own.
 */
async function hurry(url: string): Promise<void> {
	const root = postgres(url, { max: 1 });
	for (const setting of ['fsync', 'full_page_writes']) await root.unsafe(`alter system set ${setting} = off`);
	await root`select pg_reload_conf()`;
	await root.end();
}

/**
 * A prepared database, since a copy takes less time than another preparation. This also makes the roles of the cluster. Its locale
 * knows the letters of Unicode, unlike the embedded server's, which knows only A to Z.
 */
async function makeTemplate(url: string): Promise<string> {
	const name = 'prepared';
	const root = postgres(url, { max: 1, onnotice: () => {} });
	await root`create database ${root(name)} template template0 locale 'C.UTF-8'`;
	await root`revoke connect on database postgres, template1 from public`;
	await root.end();
	const prepared = Object.assign(new URL(url), { pathname: `/${name}` }).href;
	await prepareDatabase(prepared, []);
	// An operator requests more leases in a test than in a day. Tests of the limits set their own.
	const admin = postgres(prepared, { max: 1 });
	await admin`update request_limits set per_hour = 100000, per_day = 100000, notices_before_folding = 100000`;
	await admin.end();
	return name;
}

async function startEmbedded(directory: string): Promise<TestServer> {
	const { urlOf, files } = await startEmbeddedServer({ directory, outlivesProcess: true });
	return { name: 'embedded', url: urlOf(SUPERUSER).replace(/\/[^/]*$/, '/postgres'), files };
}

/** A server of the system that a test may stop and start. */
export interface OwnExternal {
	readonly server: TestServer;
	/** `immediate` stops it like a power failure. */
	stop(mode?: 'fast' | 'immediate'): Promise<void>;
	start(): Promise<void>;
}

/** The newest PostgreSQL of the system, 15 or newer, with its programs. Null if none is installed. */
export function findPostgres(): { readonly version: string; readonly bin: (name: string) => string } | null {
	const version =
		existsSync(DEBIAN) &&
		readdirSync(DEBIAN)
			.filter((name) => Number(name) >= 15 && existsSync(join(DEBIAN, name, 'bin', 'postgres')))
			.sort()
			.at(-1);
	return version ? { version, bin: (name) => join(DEBIAN, version, 'bin', name) } : null;
}

/** Starts the system's PostgreSQL in a new `directory`. Null if no version 15 or newer is installed. */
export async function startExternal(directory: string): Promise<OwnExternal | null> {
	const found = findPostgres();
	if (!found) return null;
	const { version, bin } = found;
	mkdirSync(directory, { mode: 0o700, recursive: true });
	chmodSync(join(directory, '..'), 0o755);
	const account = resolveServerAccount([join(directory, 'x')]);
	account.takeOwnership(directory);
	const files = join(directory, 'cluster');
	await account.run(bin('initdb'), [
		`--pgdata=${files}`,
		`--username=${SUPERUSER}`,
		'--auth=trust',
		'--encoding=UTF8',
		'--locale=C',
		'--no-sync',
	]);
	// Logins use SCRAM, since a client refuses a server that can't prove that it knows the password.
	const others = 'host all all 127.0.0.1/32 scram-sha-256';
	writeFileSync(join(files, 'pg_hba.conf'), `host all ${SUPERUSER} 127.0.0.1/32 trust\n${others}\n`);
	const log = join(directory, 'log');
	const startAt = (port: number) => {
		// As many connections as the embedded server: one test runs more processes than `init` expects.
		const settings = `-c max_connections=300 -c port=${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c log_error_verbosity=terse`;
		return account.run(bin('pg_ctl'), ['start', '-D', files, '-l', log, '-w', '-o', settings]);
	};
	const port = await startPostgresOnRandomPort(log, startAt);
	return {
		server: { name: `external ${version}`, url: `postgres://${SUPERUSER}@127.0.0.1:${port}/postgres`, files },
		start: async () => {
			await startAt(port);
		},
		stop: async (mode = 'fast') => {
			await account.run(bin('pg_ctl'), ['stop', '-D', files, '-m', mode, '-w']);
		},
	};
}
