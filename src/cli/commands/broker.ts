import type { Command } from 'commander';
import { createLogger } from '../../api/index.ts';
import type { Config } from '../../config/index.ts';
import { SetupError } from '../../errors.ts';
import { startBroker } from '../../processes/broker.ts';
import { openDatabase } from '../../wiring/index.ts';
import { defineCommand } from '../command.ts';
import { currentIo } from '../io.ts';

export const broker = (program: Command) =>
	defineCommand(
		program
			.command('broker')
			.description('verify the leases that operators activate, create and remove their grants, and end leases in time'),
		async ({ config }) => {
			const stopped = currentIo().untilStopped();
			requireDatabase(config);
			const database = await openDatabase(config);
			const running = await startBroker(
				config,
				database,
				createLogger({ level: config.log.level, destination: currentIo().log }),
			);
			return {
				result: {},
				text: 'The broker runs.',
				async keepRunning() {
					await stopped;
					await running.stop();
				},
			};
		},
	);

/** Refuses the embedded server, which belongs to the process that serves and ends with it. @throws SetupError */
function requireDatabase({ database: { firm, operator, worker, broker } }: Config): void {
	if (!firm && !operator && !worker && !broker)
		throw new SetupError(
			'FIRMSEAL_BROKER_DATABASE_URL is not set: set it to your own PostgreSQL. On the embedded one, `npm start` runs the broker.',
		);
}
