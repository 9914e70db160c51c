import type { Command } from 'commander';
import { assertCanListen } from '../../api/index.ts';
import { startServer } from '../../processes/server.ts';
import { defineCommand } from '../command.ts';
import { serveUntilStopped } from '../start/index.ts';

export const serve = (program: Command) =>
	defineCommand(
		program.command('serve').description('serve the API on the configured database'),
		async ({ config }) => {
			await assertCanListen(config.server);
			const { running, keepRunning } = await serveUntilStopped(config, startServer);
			const { url } = running;
			return { result: { url }, text: `Firmseal answers on ${url}/graphql`, keepRunning };
		},
	);
