import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { serverAccount } from '../../src/database/embedded/account.ts';
import { prepareDatabase, SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';

/** A running PostgreSQL for the tests: the superuser's URL of its database `postgres`. */
export interface TestServer {
	readonly name: string;
	readonly url: string;
	/** Where its files are: what a thief of disks would search. */
	readonly files: string;
	/** A database to copy; otherwise a new one is prepared. */
	readonly template?: string;
}

interface OwnServers {
	readonly embedded: TestServer;
	/** null: no PostgreSQL of the system, 15 or newer, is installed. */
	readonly external: TestServer | null;
}

declare module 'vitest' {
	interface ProvidedContext {
		/** For each worker. */
		servers: readonly OwnServers[];
	}
}

const DEBIAN = '/usr/lib/postgresql';

interface Started {
	readonly server: TestServer;
	stop(): Promise<void>;
}

/** Starts servers for each worker, on which its test files make databases of their own, and ends them. */
export default async function startServers(project: TestProject): Promise<() => Promise<void>> {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-test-'));
	// The program is started hundreds of times: it is compiled once.
	process.env.NODE_COMPILE_CACHE ??= join(directory, 'compiled');
	const started: Started[] = [];
	const end = async () => {
		for (const { stop } of started) await stop();
		rmSync(directory, { recursive: true, force: true });
	};
	const use = async (one: Started): Promise<TestServer> => {
		started.push(one);
		await hurry(one.server.url);
		return { ...one.server, template: await makeTemplate(one.server.url) };
	};
	try {
		const startOwn = async (_: unknown, worker: number): Promise<OwnServers> => {
			const of = join(directory, `worker-${worker + 1}`);
			const embedded = await use(await startEmbedded(join(of, 'embedded')));
			const external = await startExternal(join(of, 'external'));
			return { embedded, external: external && (await use(external)) };
		};
		const starting = Array.from({ length: project.config.maxWorkers }, startOwn);
		// What has started is known, and so ended, also when another fails.
		await Promise.allSettled(starting);
		project.provide('servers', await Promise.all(starting));
		return end;
	} catch (error) {
		await end();
		throw error;
	}
}

/**
 * None of these servers has to outlive the machine: what many tests write at once must not keep one of them waiting for the disk. Tests
 * of a server that falls start one of their own.
 */
async function hurry(url: string): Promise<void> {
	const root = postgres(url, { max: 1 });
	for (const setting of ['fsync', 'full_page_writes']) await root.unsafe(`alter system set ${setting} = off`);
	await root`select pg_reload_conf()`;
	await root.end();
}

/** A prepared database, of which a copy is made sooner than another is prepared. It makes the roles too, which belong to the cluster. */
async function makeTemplate(url: string): Promise<string> {
	const name = 'prepared';
	const root = postgres(url, { max: 1, onnotice: () => {} });
	await root`create database ${root(name)}`;
	await root.end();
	await prepareDatabase(Object.assign(new URL(url), { pathname: `/${name}` }).href, []);
	return name;
}

async function startEmbedded(directory: string): Promise<Started> {
	const { urlOf, stop } = await startEmbeddedServer({ directory });
	const url = urlOf(SUPERUSER).replace(/\/[^/]*$/, '/postgres');
	return { server: { name: 'embedded', url, files: join(directory, 'cluster') }, stop };
}

/** A server of the system that a test may stop and start. */
export interface OwnExternal extends Started {
	/** `immediate`: as after a loss of power. */
	stop(mode?: 'fast' | 'immediate'): Promise<void>;
	start(): Promise<void>;
}

/** The newest PostgreSQL of the system, 15 or newer, and where its programs are; null: none is installed. */
export function findPostgres(): { readonly version: string; readonly bin: (name: string) => string } | null {
	const version =
		existsSync(DEBIAN) &&
		readdirSync(DEBIAN)
			.filter((name) => Number(name) >= 15 && existsSync(join(DEBIAN, name, 'bin', 'postgres')))
			.sort()
			.at(-1);
	return version ? { version, bin: (name) => join(DEBIAN, version, 'bin', name) } : null;
}

/** null: no PostgreSQL of the system, 15 or newer, is installed. `directory` is made. */
export async function startExternal(directory: string): Promise<OwnExternal | null> {
	const found = findPostgres();
	if (!found) return null;
	const { version, bin } = found;
	mkdirSync(directory, { mode: 0o700, recursive: true });
	chmodSync(join(directory, '..'), 0o755);
	const account = serverAccount([join(directory, 'x')]);
	account.own(directory);
	const files = join(directory, 'cluster');
	const port = await findFreePort();
	await account.run(bin('initdb'), [
		`--pgdata=${files}`,
		`--username=${SUPERUSER}`,
		'--auth=trust',
		'--encoding=UTF8',
		'--locale=C',
		'--no-sync',
	]);
	const settings = `-c port=${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c log_error_verbosity=terse`;
	const start = async () => {
		await account.run(bin('pg_ctl'), ['start', '-D', files, '-l', join(directory, 'log'), '-w', '-o', settings]);
	};
	await start();
	return {
		server: { name: `external ${version}`, url: `postgres://${SUPERUSER}@127.0.0.1:${port}/postgres`, files },
		start,
		stop: async (mode = 'fast') => {
			await account.run(bin('pg_ctl'), ['stop', '-D', files, '-m', mode, '-w']);
		},
	};
}

export const findFreePort = () =>
	new Promise<number>((resolve) => {
		const probe = createServer().listen(0, '127.0.0.1', () => {
			const { port } = probe.address() as { port: number };
			probe.close(() => resolve(port));
		});
	});
