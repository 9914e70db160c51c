import { type Command, Option } from 'commander';
import { MAX_SESSION_MINUTES } from '../../jobs/index.ts';
import { defineCommand, dryRun } from '../command.ts';
import { idOf, wholeNumber } from '../parse/index.ts';
import { continueRecovery, type RecoveryOptions, requestKeyRecovery } from '../recovery/index.ts';

/** Minutes that holders have, unless others are given. */
const MINUTES = 60;

const KINDS = [
	[
		'recover',
		'RECOVER',
		'bring the data keys of a firm, or of the platform, back from an escrow after a loss of the key service: needs two approvers, FIRMSEAL_TOKEN is one; then --job',
	],
	[
		'drill',
		'DRILL',
		'rehearse that on a copy of the database: it changes nothing, and asks no key service for one of these keys',
	],
] as const;

/** `firmseal keys recover` and `firmseal keys drill`: asked for with the escrow file, and then gone on with as shares come in. */
export function recoverKeys(group: Command): void {
	for (const [name, kind, does] of KINDS)
		defineCommand<RecoveryOptions>(
			dryRun(group.command(name))
				.description(does)
				.addOption(new Option('--firm <slug-or-id>', 'which firm').conflicts(['job', 'platform']))
				.addOption(new Option('--platform', "the platform's own keys").conflicts('job'))
				.option('--escrow <file>', 'the escrow file')
				.addOption(
					new Option('--minutes <number>', 'minutes that holders have once a worker takes shares')
						.argParser(wholeNumber(1, MAX_SESSION_MINUTES))
						.conflicts('job'),
				)
				.option('--job <id>', 'a job that was asked for: says whom to encrypt to, and what has come in', idOf)
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
