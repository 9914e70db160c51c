import type { Command } from 'commander';
import { createLogger } from '../../api/index.ts';
import { startWorker } from '../../processes/worker.ts';
import { defineCommand } from '../command.ts';
import { currentIo } from '../io.ts';
import { openServingDatabase } from '../start/index.ts';

export const worker = (program: Command) =>
	defineCommand(
		program
			.command('worker')
			.description(
				"do jobs, raise the clock's high-water mark, check the log for alerts, send alerts and notices to the webhook, and delete objects that belong to no file",
			),
		async ({ config }) => {
			const stopped = currentIo().untilStopped();
			const database = await openServingDatabase(config, { alone: false });
			const logger = createLogger({ level: config.log.level, destination: currentIo().log });
			const running = await startWorker(config, database, logger).catch(async (error: unknown) => {
				await database.stop();
				throw error;
			});
			const { sendsNotices } = running;
			return {
				result: { sendsNotices },
				text: sendsNotices ? 'The worker runs, and sends notices to the webhook.' : 'The worker runs.',
				async keepRunning() {
					const why = await Promise.race([stopped, database.supervise({ logger, say: () => {} })]);
					await running.stop();
					await database.stop();
					if (why) throw why;
				},
			};
		},
	);
