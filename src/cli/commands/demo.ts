import type { Command } from 'commander';
import { openDatabase } from '../../compose.ts';
import { initInstallation } from '../../installation.ts';
import { act, dryRun } from '../command.ts';
import { loadDemo } from '../demo.ts';

export const demo = (program: Command) =>
	act<{ dryRun?: boolean }>(
		dryRun(program.command('demo')).description(
			'load the demo firms, people and notes; what is there is left as it is',
		),
		async ({ config, options }) => {
			if (options.dryRun) return { result: { dryRun: true }, text: 'Would load two firms, nine people and 300 notes.' };
			const database = await openDatabase(config, { forOneCommand: true });
			try {
				await initInstallation(config, database);
				const loaded = await loadDemo(config, database);
				return {
					result: loaded,
					text: `The demo is loaded: 2 firms, 9 people; ${loaded.notes} notes were missing and are written.`,
				};
			} finally {
				await database.stop();
			}
		},
	);
