import type { Command } from 'commander';
import { createLogger } from '../../api/index.ts';
import { openDatabase } from '../../compose.ts';
import { holdSoleStart } from '../../database/index.ts';
import { SetupError } from '../../errors.ts';
import { startServer } from '../../server.ts';
import { act } from '../command.ts';
import { untilStopped } from '../until-stopped.ts';

export const serve = (program: Command) =>
	act(program.command('serve').description('serve the API on the configured database'), async ({ config }) => {
		const stopped = untilStopped();
		const database = await openDatabase(config);
		// Who serves from the embedded server stops it in the end: a second one would take it from the first.
		const isEmbedded = config.database.firm === null && config.database.operator === null;
		const sole = isEmbedded ? await holdSoleStart(database.admin ?? database.firm) : null;
		if (isEmbedded && !sole)
			throw new SetupError('Firmseal runs on this data directory already: stop it first, or set FIRMSEAL_DATA_DIR.');
		const logger = createLogger({ level: config.log.level });
		const server = await startServer(config, database, logger).catch(async (error: unknown) => {
			await sole?.release();
			await database.stop();
			throw error;
		});
		return {
			result: { url: server.url },
			text: `Firmseal answers on ${server.url}/graphql`,
			async goOn() {
				await stopped;
				await server.stop();
				await sole?.release();
				await database.stop();
			},
		};
	});
