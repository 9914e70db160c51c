import type { VaultState } from '../../client/vault/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type CommandResult, plural, table, toCommandError } from '../command.ts';
import { type DeviceOptions, hasLog, isWithoutLog, type OpenedDevice, withDevice } from './open-device.ts';

/** What the device believes of the firm, and what is missing. All of it is from the verified key log. */
export async function showStatus(config: Config, options: DeviceOptions): Promise<CommandResult> {
	return withDevice(config, options, async (device) => {
		const problem = await update(device);
		const state = await device.vault.state();
		if (state.log === null) return answerWithoutLog(state, problem);
		const missing = await device.vault.missing();
		return {
			result: { ...state, missing },
			text: [...linesOfDevice(state), '', viewOf(state), ...linesOfMissing(state, missing)].join('\n'),
			problem: problem?.message,
			code: problem?.code,
		};
	});
}

/** People, and in whose custody the classes are. */
export const viewOf = (state: VaultState): string => `${tableOfPeople(state)}\n\n${tableOfClasses(state)}`;

type Problem = ReturnType<typeof toCommandError>;

/** The status of a device that cannot reach the service is what it knows. Null if it is up to date. */
async function update(device: OpenedDevice): Promise<Problem | null> {
	const { vault, connection } = device;
	try {
		if ((await vault.state()).log !== null || (await hasLog(device))) await connection.refresh();
		return null;
	} catch (error) {
		if (isWithoutLog(error)) return null;
		if (error instanceof FirmsealError) return toCommandError(error);
		throw error;
	}
}

function answerWithoutLog(state: VaultState, problem: Problem | null): CommandResult {
	const { name, person, id } = state.device;
	return {
		result: state,
		text: [
			`The device ${name} of the person ${person} does not belong to the firm yet. Its id: ${id}.`,
			'Next: `firmseal device join`, `firmseal device recover`, or `firmseal device begin` if the firm has no device.',
		].join('\n'),
		problem: problem?.message,
		code: problem?.code,
	};
}

function linesOfDevice({
	device,
	log,
	isUnconfirmed,
	isCodeToConfirm,
	notices,
	trustedReleases,
}: VaultState): readonly string[] {
	return [
		`The device ${device.name}, ${device.id}.`,
		`It knows ${plural(log?.size ?? 0, 'entry', 'entries')} of the firm’s key log, ${log?.isFresh ? 'and the service has confirmed that there are no more' : 'and the service has not confirmed that there are no more'}.`,
		...(device.isActive ? [] : ['The firm does not trust this device any more.']),
		...(isUnconfirmed ? ['It recovered, and its person has not confirmed yet what it shows.'] : []),
		...(isCodeToConfirm ? ['A recovery code was made here and not typed back: make a new one.'] : []),
		...(trustedReleases === null
			? []
			: [`Of the pages, the firm trusts these releases alone: ${trustedReleases.join(', ') || 'none'}.`]),
		...notices.map(
			({ seq, kind, person }) => `Entry ${seq} announces a decision of the person ${person} alone: ${kind}.`,
		),
	];
}

const tableOfPeople = ({ people }: VaultState): string =>
	table(
		['person', 'name', 'role', 'devices', 'recovery'],
		people.map(({ person, name, role, devices, recovery }) => [
			person,
			name,
			role,
			devices.map(({ id }) => id.slice(0, 16)).join(' ') || null,
			recovery.join(' ') || null,
		]),
	);

const tableOfClasses = ({ classes }: VaultState): string =>
	table(
		['class', 'custody', 'key', 'read here'],
		classes.map(({ class: name, custody, writable, isEntitled }) => [
			name,
			custody,
			writable === null ? 'a new one is needed' : `version ${writable}`,
			isEntitled ? 'yes' : 'no',
		]),
	);

function linesOfMissing(
	{ people }: VaultState,
	{ cannotOpen, lacking }: Awaited<ReturnType<OpenedDevice['vault']['missing']>>,
): readonly string[] {
	const without = people.filter(
		({ role, devices, recovery }) => role === 'OWNER' && devices.length + recovery.length < 2,
	);
	return [
		...cannotOpen.map(
			({ class: name, version }) => `This device has no key of ${name}, version ${version}: another one can send it.`,
		),
		...lacking.map(
			({ class: name, version, devices }) =>
				`${plural(devices.length, 'device')} may lack the key of ${name}, version ${version}: \`firmseal device send-keys\`.`,
		),
		...without.map(
			({ person }) =>
				`The owner ${person} has one way in only: add a second device or \`firmseal device recovery-code\`.`,
		),
	];
}
