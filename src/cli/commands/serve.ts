import type { Command } from 'commander';
import { createLogger } from '../../api/index.ts';
import { startServer } from '../../server.ts';
import { act } from '../command.ts';
import { openToServe } from '../open-to-serve.ts';
import { untilStopped } from '../until-stopped.ts';

export const serve = (program: Command) =>
	act(program.command('serve').description('serve the API on the configured database'), async ({ config }) => {
		const stopped = untilStopped();
		const database = await openToServe(config, { alone: false });
		const logger = createLogger({ level: config.log.level });
		const server = await startServer(config, database, logger).catch(async (error: unknown) => {
			await database.stop();
			throw error;
		});
		return {
			result: { url: server.url },
			text: `Firmseal answers on ${server.url}/graphql`,
			async goOn() {
				await stopped;
				await server.stop();
				await database.stop();
			},
		};
	});
