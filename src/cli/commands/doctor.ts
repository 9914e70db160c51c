import { type Command, Option } from 'commander';
import type { Config } from '../../config/index.ts';
import { commandRefusals, settingRefusals } from '../../config/index.ts';
import {
	type DatabaseCheck,
	inspectConnections,
	inspectDatabase,
	isClockSound,
	measureClockDifference,
	selectLateDeliveries,
} from '../../database/index.ts';
import { type Installation, withInstallation } from '../../wiring/index.ts';
import { defineCommand, toCommandError } from '../command.ts';
import {
	inspectAlerts,
	inspectErasureRecords,
	inspectEscrows,
	inspectKeyring,
	inspectLeases,
	inspectObjects,
	inspectSignIns,
	inspectTokens,
} from '../doctor/index.ts';
import { withoutOwnAdvice } from '../print/index.ts';
import { type AfterRestore, inspectAfterRestore, inspectAnchored } from '../recovery/index.ts';

const MAX_CLOCK_DIFFERENCE_MS = 2_000;

/** Erasure records that are compared unless it is after a restore. */
const NEWEST = 100;

export const doctor = (program: Command) =>
	defineCommand<Examining>(
		program
			.command('doctor')
			.description(
				'check settings, database privileges, keyring, object store and clock, and say how to fix what is wrong',
			)
			.option('--after-restore', 'also whether database, keys, objects and log are of one time')
			.addOption(
				new Option('--objects <which>', 'after a restore: read a sample of the objects, or all')
					.choices(['sample', 'all'])
					.implies({ afterRestore: true }),
			),
		async ({ config, options }) => {
			const found = await findAll(config, options);
			const findings = found.map((each) => ({ ...each, mend: each.mend && withoutOwnAdvice(each.mend, 'doctor') }));
			const lines = findings.map(lineOf);
			const wrong = findings.filter(({ ok }) => ok === false);
			if (wrong.length === 0) return { result: { findings }, text: lines.join('\n') };
			const count = `${wrong.length} of ${findings.length} checks found something wrong.`;
			// Of a single check its fix says all.
			if (findings.length === 1)
				return { result: { findings }, text: lines.join('\n'), problem: wrong[0]?.mend ?? count };
			return { result: { findings }, text: [count, ...lines].join('\n'), problem: count };
		},
	);

/** As any command, it opens nothing while its own Node would give it away. */
async function findAll(config: Config, options: Examining): Promise<DatabaseCheck[]> {
	const node = ofNode(config);
	const before = [ofSettings(config), ...node];
	if (node.some(({ ok }) => !ok)) return before;
	try {
		return [...before, ...(await withInstallation(config, (installation) => examine(config, installation, options)))];
	} catch (error) {
		return [
			...before.filter(({ ok }) => !ok),
			{ check: 'the installation opens', ok: false, mend: toCommandError(error).message },
		];
	}
}

function ofNode(config: Config): DatabaseCheck[] {
	if (config.env !== 'production') return [];
	const refusals = commandRefusals(config);
	return [
		{
			check: 'this command’s Node has no option, and nothing in its environment, that production refuses',
			ok: refusals.length === 0,
			mend: refusals.length === 0 ? null : [...refusals, 'Until then nothing else is looked at.'].join('\n      '),
		},
	];
}

function ofSettings(config: Config): DatabaseCheck {
	const refusals = settingRefusals(config);
	return {
		check: `the settings are known and complete${config.env === 'production' ? ', and production takes those that all processes have' : ''}`,
		ok: refusals.length === 0,
		mend: refusals.length === 0 ? null : refusals.join('\n      '),
	};
}

const lineOf = ({ check, ok, mend }: DatabaseCheck): string =>
	ok ? `ok    ${check}` : `${ok === null ? '?    ' : 'WRONG'} ${check}\n      ${mend}`;

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
	const ok = difference <= MAX_CLOCK_DIFFERENCE_MS;
	const mend = ok ? null : `They differ by ${Math.round(difference)} ms: synchronise both machines' clocks.`;
	const isSound = await worker.read(null, isClockSound);
	return [
		{ check: "the database's clock and this machine's agree within 2 s", ok, mend },
		{
			check: "the database's clock is not behind what was seen",
			ok: isSound,
			mend: isSound
				? null
				: 'No lease can be activated or used. Set the clock right if it is behind; if it was ahead and is right now, two approvers run `firmseal clock reset`.',
		},
	];
}

/** Notices and alerts are sent until they are taken, so no one takes one that waits for a day. */
async function deliveries({ webhook }: Config, { worker }: Installation): Promise<DatabaseCheck[]> {
	const { count, oldest, outcome } = await worker.read(null, selectLateDeliveries);
	if (!webhook && count === 0) return [];
	const check = 'the webhook takes every notice and alert within 24 hours';
	if (count === 0) return [{ check, ok: true, mend: null }];
	const sentence = `${count} ${count === 1 ? 'notice or alert' : 'notices or alerts'} could not be delivered, the oldest since ${oldest?.toISOString()}`;
	const mend = outcome
		? `${sentence} (${outcome} at its last attempt): look after the receiver at FIRMSEAL_WEBHOOK_URL; each is tried again within an hour.`
		: `${sentence}: run \`firmseal worker\` with FIRMSEAL_WEBHOOK_URL and FIRMSEAL_WEBHOOK_SECRET.`;
	return [{ check, ok: false, mend }];
}
