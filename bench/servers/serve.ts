// Runs one server or worker. Started by start-servers.ts, with the settings as its environment.
import { createLogger } from '../../src/api/index.ts';
import { readConfig } from '../../src/config/config.ts';
import { startServer } from '../../src/processes/server.ts';
import { startWorker } from '../../src/processes/worker.ts';
import { openDatabase } from '../../src/wiring/index.ts';
import { startComposed, type Variant } from './composed-server.ts';

/** Names the setting with the variant of a server; without it, the server of the program starts. */
export const VARIANT = 'BENCH_VARIANT';

/** Runs until the parent disconnects. @returns the URL of the server */
export async function serve(): Promise<string> {
	const { config, database, logger } = await open();
	const variant = process.env[VARIANT] as Variant | undefined;
	const server = variant
		? await startComposed(variant, config, database, logger)
		: await startServer(config, database, logger);
	process.once('disconnect', () => void server.stop());
	return server.url;
}

/** Runs jobs and keeps the log until the parent disconnects. */
export async function work(): Promise<void> {
	const { config, database, logger } = await open();
	const worker = await startWorker(config, database, logger);
	process.once('disconnect', () => void worker.stop());
}

async function open() {
	const config = readConfig(process.env);
	return { config, database: await openDatabase(config), logger: createLogger({ level: config.log.level }) };
}
