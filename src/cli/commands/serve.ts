import type { Command } from 'commander';
import { assertCanListen, createLogger } from '../../api/index.ts';
import { startServer } from '../../processes/server.ts';
import { defineCommand } from '../command.ts';
import { currentIo } from '../io.ts';
import { openServingDatabase } from '../start/index.ts';

export const serve = (program: Command) =>
	defineCommand(
		program.command('serve').description('serve the API on the configured database'),
		async ({ config }) => {
			const stopped = currentIo().untilStopped();
			await assertCanListen(config.server);
			const database = await openServingDatabase(config, { alone: false });
			const logger = createLogger({ level: config.log.level, destination: currentIo().log });
			const server = await startServer(config, database, logger).catch(async (error: unknown) => {
				await database.stop();
				throw error;
			});
			return {
				result: { url: server.url },
				text: `Firmseal answers on ${server.url}/graphql`,
				async keepRunning() {
					const why = await Promise.race([stopped, database.supervise({ logger, say: () => {} })]);
					await server.stop();
					await database.stop();
					if (why) throw why;
				},
			};
		},
	);
