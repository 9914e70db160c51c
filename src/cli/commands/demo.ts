import type { Command } from 'commander';
import { initInstallation, openDatabase } from '../../wiring/index.ts';
import { defineCommand, dryRun } from '../command.ts';
import { importDemo } from '../demo-data.ts';
import { currentIo } from '../io.ts';
import { showProgress } from '../print/index.ts';

export const demo = (program: Command) =>
	defineCommand<{ dryRun?: boolean; all?: boolean }>(
		dryRun(program.command('demo'))
			.description('load the demo data: two firms with their people and work; existing data is kept')
			.option('--all', 'load all 6,000 e-mails instead of 300'),
		async ({ config, options: { dryRun, all = false } }) => {
			const { loadDemo } = await importDemo();
			if (dryRun) {
				const mail = all ? 'about 6,000 e-mails' : '300 e-mails';
				return {
					result: { dryRun: true },
					text: `Would load two firms, ten people, ${mail} in threads, and notes, documents, files, invoices and time entries.`,
				};
			}
			const database = await openDatabase(config, { forOneCommand: true });
			try {
				await initInstallation(config, database);
				const written = await loadDemo(config, database, { all, log: currentIo().log, showProgress });
				const count = Object.values(written).reduce((sum, each) => sum + each, 0);
				return {
					result: { written },
					text: `The demo data is loaded: ${count} objects were missing and are now written.`,
				};
			} finally {
				await database.stop();
			}
		},
	);
