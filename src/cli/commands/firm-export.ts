import type { Command } from 'commander';
import { defineCommand, dryRun } from '../command.ts';
import { exportFirm, type FirmExportOptions } from '../export/index.ts';

/** `firmseal firm export`: through the API, as the person of FIRMSEAL_TOKEN, who is an owner of the firm. */
export function defineExport(group: Command): void {
	defineCommand<FirmExportOptions>(
		dryRun(group.command('export'))
			.description(
				'save all content of a firm as files, as its owner of FIRMSEAL_TOKEN, through the API at FIRMSEAL_URL; after an interruption, the same command continues',
			)
			.option('--firm <slug-or-id>', 'the firm; only your own can be exported')
			.option('--out <directory>', 'where to write; export-<slug> unless given')
			.option('--force', 'replace an existing export')
			.hook('preAction', (command) => {
				if (command.opts<FirmExportOptions>().out === '') command.error('error: --out names no directory');
			}),
		({ config, options }) => exportFirm(config, options),
	);
}
