import { type Command, Option } from 'commander';
import { MAX_SESSION_MINUTES } from '../../jobs/index.ts';
import { defineCommand, dryRun } from '../command.ts';
import { idOf, wholeNumber } from '../parse/index.ts';
import { continueRecovery, type RecoveryOptions, requestKeyRecovery } from '../recovery/index.ts';

/** Minutes that holders have, unless `--minutes` is given. */
const MINUTES = 60;

const KINDS = [
	[
		'recover',
		'RECOVER',
		'restore the data keys of a firm, or of the platform, from an escrow after a loss of the key service; needs two approvers (FIRMSEAL_TOKEN is the token of one); then run it with --job',
	],
	[
		'drill',
		'DRILL',
		'rehearse a recovery on a copy of the database: changes nothing, and asks no key service for one of these keys',
	],
] as const;

/** `firmseal keys recover` and `firmseal keys drill`: first ask for the job with the escrow file, then run with `--job` as shares arrive. */
export function recoverKeys(group: Command): void {
	for (const [name, kind, does] of KINDS)
		defineCommand<RecoveryOptions>(
			dryRun(group.command(name))
				.description(does)
				.addOption(new Option('--firm <slug-or-id>', 'which firm').conflicts(['job', 'platform']))
				.addOption(new Option('--platform', "the platform's own keys").conflicts('job'))
				.option('--escrow <file>', 'the escrow file')
				.addOption(
					new Option('--minutes <number>', `minutes for which a worker accepts shares; ${MINUTES} unless given`)
						.argParser(wholeNumber(1, MAX_SESSION_MINUTES))
						.conflicts('job'),
				)
				.option('--job <id>', 'the job: shows the recipient to encrypt shares to, and which shares have arrived', idOf)
				.addOption(
					new Option('--share <file>', "a share, encrypted by its holder to the job's recipient").conflicts([
						'firm',
						'platform',
						'escrow',
					]),
				),
			({ config, options }) =>
				options.job === undefined
					? requestKeyRecovery(config, kind, { minutes: MINUTES, ...options })
					: continueRecovery(config, kind, options.job, options),
		);
}
