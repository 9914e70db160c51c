import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { serverAccount } from '../../src/database/embedded/account.ts';
import { prepareDatabase, SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';

/** A running PostgreSQL for the tests: the superuser's URL of its database `postgres`. */
export interface TestServer {
	readonly name: string;
	readonly url: string;
	/** Where its files are: what a thief of disks would search. */
	readonly files: string;
}

declare module 'vitest' {
	interface ProvidedContext {
		embedded: TestServer;
		/** null: no PostgreSQL of the system, 15 or newer, is installed. */
		external: TestServer | null;
	}
}

const DEBIAN = '/usr/lib/postgresql';

/** Starts the servers that the whole run shares, each test file making databases of its own on them, and ends them. */
export default async function startServers(project: TestProject): Promise<() => Promise<void>> {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-test-'));
	const embedded = await startEmbeddedServer({ directory: join(directory, 'embedded') });
	const external = await startExternal(join(directory, 'external'));
	const embeddedServer = {
		name: 'embedded',
		url: embedded.urlOf(SUPERUSER).replace(/\/[^/]*$/, '/postgres'),
		files: join(directory, 'embedded', 'cluster'),
	};
	project.provide('embedded', embeddedServer);
	project.provide('external', external?.server ?? null);
	// Roles belong to the cluster: made once, before test files ask for them at the same time.
	for (const { url } of [embeddedServer, ...(external ? [external.server] : [])]) await prepareDatabase(url, []);
	return async () => {
		await embedded.stop();
		await external?.stop();
		rmSync(directory, { recursive: true, force: true });
	};
}

async function startExternal(directory: string): Promise<{ server: TestServer; stop(): Promise<void> } | null> {
	const version =
		existsSync(DEBIAN) &&
		readdirSync(DEBIAN)
			.filter((name) => Number(name) >= 15 && existsSync(join(DEBIAN, name, 'bin', 'postgres')))
			.sort()
			.at(-1);
	if (!version) return null;
	const bin = (name: string) => join(DEBIAN, version, 'bin', name);
	mkdirSync(directory, { mode: 0o700 });
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
	await account.run(bin('pg_ctl'), ['start', '-D', files, '-l', join(directory, 'log'), '-w', '-o', settings]);
	return {
		server: { name: `external ${version}`, url: `postgres://${SUPERUSER}@127.0.0.1:${port}/postgres`, files },
		stop: async () => {
			await account.run(bin('pg_ctl'), ['stop', '-D', files, '-m', 'fast', '-w']);
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
