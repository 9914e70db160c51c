import { type Command, Option } from 'commander';
import { type Config, commandRefusals, settingRefusals } from '../../config/index.ts';
import {
	type DatabaseCheck,
	databaseCheck,
	inspectConnections,
	inspectDatabase,
	isClockSound,
	measureClockDifference,
	selectLateDeliveries,
} from '../../database/index.ts';
import { type Installation, withInstallation } from '../../wiring/index.ts';
import { defineCommand, plural, toCommandError } from '../command.ts';
import {
	inspectAlerts,
	inspectErasureRecords,
	inspectEscrows,
	inspectKeyLogs,
	inspectKeyring,
	inspectLeases,
	inspectObjects,
	inspectSignIns,
	inspectTokens,
} from '../doctor/index.ts';
import { withoutOwnAdvice } from '../print/index.ts';
import { type AfterRestore, inspectAfterRestore, inspectAnchored } from '../recovery/index.ts';

const MAX_CLOCK_DIFFERENCE_MS = 2_000;

/** Number of erasure records that are compared, unless `--after-restore` is given. */
const NEWEST = 100;

export const doctor = (program: Command) =>
	defineCommand<Examining>(
		program
			.command('doctor')
			.description(
				'check settings, database privileges, keyring, object store and clock, and say how to fix what is wrong',
			)
			.option('--after-restore', 'also check whether database, keys, objects and log are from the same time')
			.addOption(
				new Option('--objects <which>', 'after a restore: read a sample of the objects, or all')
					.choices(['sample', 'all'])
					.implies({ afterRestore: true }),
			),
		async ({ config, options }) => {
			const found = await findAll(config, options);
			const findings = found.map((each) => ({ ...each, fix: each.fix && withoutOwnAdvice(each.fix, 'doctor') }));
			const lines = findings.map(lineOf);
			const wrong = findings.filter(({ ok }) => ok === false);
			if (wrong.length === 0) return { result: { findings }, text: lines.join('\n') };
			const count = `${wrong.length} of ${findings.length} checks found something wrong.`;
			// If only one check ran, its fix says everything.
			if (findings.length === 1)
				return { result: { findings }, text: lines.join('\n'), problem: wrong[0]?.fix ?? count };
			return { result: { findings }, text: [count, ...lines].join('\n'), problem: count };
		},
	);

/** Like every command, doctor opens nothing while its own Node process would expose it. */
async function findAll(config: Config, options: Examining): Promise<DatabaseCheck[]> {
	const node = ofNode(config);
	const before = [ofSettings(config), ...node];
	if (node.some(({ ok }) => !ok)) return before;
	try {
		return [...before, ...(await withInstallation(config, (installation) => examine(config, installation, options)))];
	} catch (error) {
		return [...before.filter(({ ok }) => !ok), databaseCheck('the installation opens', toCommandError(error).message)];
	}
}

function ofNode(config: Config): DatabaseCheck[] {
	if (config.env !== 'production') return [];
	const refusals = commandRefusals(config);
	return [
		databaseCheck(
			'this command’s Node has no option, and nothing in its environment, that production refuses',
			refusals.length === 0 ? null : [...refusals, 'Until then nothing else is checked.'].join('\n      '),
		),
	];
}

function ofSettings(config: Config): DatabaseCheck {
	const refusals = settingRefusals(config);
	return databaseCheck(
		`the settings are known and complete${config.env === 'production' ? ', and production accepts those that all processes share' : ''}`,
		refusals.join('\n      ') || null,
	);
}

const lineOf = ({ check, ok, fix }: DatabaseCheck): string =>
	ok ? `ok    ${check}` : `${ok === null ? '?    ' : 'WRONG'} ${check}\n      ${fix}`;

interface Examining extends Partial<AfterRestore> {
	readonly afterRestore?: boolean;
}

async function examine(
	config: Config,
	installation: Installation,
	{ afterRestore = false, objects = null }: Examining,
): Promise<DatabaseCheck[]> {
	const catalogue = { sharedLogin: config.env === 'development' };
	return [
		...(await inspectSignIns(config, installation)),
		...(await inspectDatabase(installation.worker, catalogue)),
		...(await inspectConnections(installation.worker, catalogue)),
		...(await clock(installation)),
		...(await inspectAlerts(config, installation)),
		...(await deliveries(config, installation)),
		...(await inspectTokens(config)),
		...(await inspectKeyring(config, installation)),
		...(await inspectEscrows(installation)),
		...(await inspectKeyLogs(installation)),
		...(await inspectLeases(config, installation)),
		...(await inspectObjects(config, installation)),
		...(await inspectErasureRecords(config, installation, afterRestore ? null : NEWEST)),
		...(afterRestore
			? await inspectAfterRestore(config, installation, { objects })
			: await inspectAnchored(config, installation)),
	];
}

async function clock({ worker }: Installation): Promise<DatabaseCheck[]> {
	const difference = Math.abs(await measureClockDifference(worker));
	const fix =
		difference <= MAX_CLOCK_DIFFERENCE_MS
			? null
			: `They differ by ${Math.round(difference)} ms: synchronise both machines' clocks.`;
	const isSound = await worker.read(null, isClockSound);
	return [
		databaseCheck("the database's clock and this machine's agree within 2 s", fix),
		databaseCheck(
			"the database's clock is not behind the latest time that was seen",
			isSound
				? null
				: 'No lease can be activated or used. Set the clock right if it is behind; if it was ahead and is right now, two approvers run `firmseal clock reset`.',
		),
	];
}

/** Notices and alerts are sent until the receiver accepts them. If one waits for a day, the receiver is broken. */
async function deliveries({ webhook }: Config, { worker }: Installation): Promise<DatabaseCheck[]> {
	const { count, oldest, outcome } = await worker.read(null, selectLateDeliveries);
	if (!webhook && count === 0) return [];
	const check = 'the webhook accepts every notice and alert within 24 hours';
	if (count === 0) return [databaseCheck(check, null)];
	const sentence = `${plural(count, 'notice or alert', 'notices or alerts')} could not be delivered, the oldest since ${oldest?.toISOString()}`;
	const fix = outcome
		? `${sentence} (${outcome} at its last attempt): fix the receiver at FIRMSEAL_WEBHOOK_URL. Each is sent again within an hour.`
		: `${sentence}: run \`firmseal worker\` with FIRMSEAL_WEBHOOK_URL and FIRMSEAL_WEBHOOK_SECRET.`;
	return [databaseCheck(check, fix)];
}
