import type { Command } from 'commander';
import { createLogger } from '../../api/index.ts';
import { openDatabase } from '../../compose.ts';
import { readConfig } from '../../config.ts';
import { startServer } from '../../server.ts';
import { tell } from '../command.ts';
import { untilStopped } from '../until-stopped.ts';

export const serve = (program: Command) =>
	program
		.command('serve')
		.description('serve the API on the configured database')
		.action(async () => {
			try {
				const config = readConfig(process.env);
				const logger = createLogger({ level: config.log.level });
				const database = await openDatabase(config);
				const server = await startServer(config, database, logger).catch(async (error: unknown) => {
					await database.stop();
					throw error;
				});
				process.stderr.write(`Firmseal answers on ${server.url}\n`);
				await untilStopped();
				await server.stop();
				await database.stop();
			} catch (error) {
				process.stderr.write(`firmseal: ${tell(error).message}\n`);
				process.exitCode = 1;
			}
		});
