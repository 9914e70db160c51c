import type { Command } from 'commander';
import { initInstallation, openDatabase } from '../../wiring/index.ts';
import { defineCommand, dryRun } from '../command.ts';
import { loadDemo } from '../demo/index.ts';

export const demo = (program: Command) =>
	defineCommand<{ dryRun?: boolean; all?: boolean }>(
		dryRun(program.command('demo'))
			.description('load the demo: two firms, their people and what they work with; what is there is left as it is')
			.option('--all', 'with all e-mails, about 6,000, instead of 300'),
		async ({ config, options: { dryRun, all = false } }) => {
			if (dryRun) {
				const mail = all ? 'all e-mails, about 6,000,' : '300 e-mails';
				return {
					result: { dryRun: true },
					text: `Would load two firms, nine people, ${mail} in threads, and notes, documents, files, invoices and time entries.`,
				};
			}
			const database = await openDatabase(config, { forOneCommand: true });
			try {
				await initInstallation(config, database);
				const loaded = await loadDemo(config, database, { all });
				const count = Object.values(loaded.written).reduce((sum, each) => sum + each, 0);
				return { result: loaded, text: `The demo is loaded: ${count} objects were missing and are written.` };
			} finally {
				await database.stop();
			}
		},
	);
