import type { Command } from 'commander';
import { startWorker } from '../../processes/worker.ts';
import { defineCommand } from '../command.ts';
import { serveUntilStopped } from '../start/index.ts';

export const worker = (program: Command) =>
	defineCommand(
		program
			.command('worker')
			.description(
				"do jobs, raise the clock's high-water mark, check the log for alerts, send alerts and notices to the webhook, and delete objects that belong to no file",
			),
		async ({ config }) => {
			const { running, keepRunning } = await serveUntilStopped(config, startWorker);
			const { sendsNotices } = running;
			return {
				result: { sendsNotices },
				text: sendsNotices ? 'The worker runs, and sends notices to the webhook.' : 'The worker runs.',
				keepRunning,
			};
		},
	);
