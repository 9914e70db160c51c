import type { Command } from 'commander';
import { defineCommand, dryRun } from '../command.ts';
import { exportFirm, type FirmExportOptions } from '../export/index.ts';

/** `firmseal firm export`: as FIRMSEAL_TOKEN's person, an owner, through the API; not on the installation itself. */
export function defineExport(group: Command): void {
	defineCommand<FirmExportOptions>(
		dryRun(group.command('export'))
			.description(
				'all content of a firm as files, as its owner of FIRMSEAL_TOKEN, by FIRMSEAL_URL; run again after an interruption, it goes on from there',
			)
			.option('--firm <slug-or-id>', 'which firm: only the own can be exported')
			.option('--out <directory>', 'where to; export-<slug> unless given')
			.option('--force', 'replace an export that is there')
			.hook('preAction', (command) => {
				if (command.opts<FirmExportOptions>().out === '') command.error('error: --out names no directory');
			}),
		({ config, options }) => exportFirm(config, options),
	);
}
