import { createLogger } from '../../src/api/index.ts';
import { readConfig } from '../../src/config/config.ts';
import { startServer } from '../../src/processes/server.ts';
import { openDatabase } from '../../src/wiring/index.ts';
import { isVariant, startComposed } from './composed-server.ts';

/**
 * The process of one server. Its argument says which; it tells its parent where it listens, or that it failed, and stops
 * when the parent says so or is gone.
 */
const [variant = ''] = process.argv.slice(2);

try {
	const config = readConfig(process.env);
	const logger = createLogger({ level: config.log.level });
	const database = await openDatabase(config);
	const server = isVariant(variant)
		? await startComposed(variant, config, database, logger)
		: await startServer(config, database, logger);
	process.once('disconnect', () => void server.stop());
	process.send?.({ url: server.url });
} catch (error) {
	process.send?.({ failed: error instanceof Error ? error.message : 'unknown error' });
	process.disconnect?.();
	process.exitCode = 1;
}
