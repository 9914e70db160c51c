import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { credentialsOf, invalidApiAnswer, isObject, queryCaller } from '../call/index.ts';
import { type CommandResult, table, UsageError } from '../command.ts';
import { isId, isInteractive, promptLine } from '../parse/index.ts';
import { type DeviceOptions, type DirectoryOptions, deviceOf, withVault } from './open-device.ts';
import { choosePassphrase } from './secrets.ts';

export interface CreateOptions extends DeviceOptions {
	readonly device: string;
}

/** Makes a device of the token's person and stores it, locked. It belongs to the firm once it begins the key log, joins or recovers. */
export async function createDevice(config: Config, options: CreateOptions): Promise<CommandResult> {
	const { firm, person } = await ownerOfToken(config);
	const { device: name, dryRun, passphraseFile } = options;
	if (dryRun)
		return {
			result: { dryRun, name, firm, person },
			text: `Would make the device ${name} for the person ${person} of the firm ${firm}.`,
		};
	const passphrase = await choosePassphrase(name, passphraseFile);
	return withVault(config, options, { create: true }, async (vault, path) => {
		const stored = await vault.create({ name, firm, person, unlock: { passphrase } });
		return {
			result: { ...stored, path },
			text: [
				`Made the device ${name} in ${path}, for the person ${person} of the firm ${firm}.`,
				'Without the passphrase it cannot be unlocked, and no one can reset the passphrase.',
				'Next: `firmseal device join` with a device of the firm, `firmseal device recover` with a recovery code, or `firmseal device begin` if the firm has none yet.',
			].join('\n'),
		};
	});
}

/** Needs neither a token nor a passphrase. */
export async function listDevices(config: Config, options: DirectoryOptions): Promise<CommandResult> {
	return withVault(config, options, { create: false }, async (vault, path) => {
		const devices = await vault.devices();
		return {
			result: { path, devices },
			text:
				devices.length === 0
					? `There are no devices in ${path}.`
					: table(
							['device', 'person', 'firm', 'unlocked by'],
							devices.map(({ name, person, firm, unlock }) => [name, person, firm, unlock.toLowerCase()]),
						),
		};
	});
}

export interface RemoveLocalOptions extends DirectoryOptions {
	readonly device: string;
	readonly dryRun?: boolean;
	readonly yes?: boolean;
}

/** Removes what is stored of a device on this machine. The firm's key log still has the device. */
export async function removeLocal(config: Config, options: RemoveLocalOptions): Promise<CommandResult> {
	const { device, dryRun, yes } = options;
	if (!dryRun && !yes && !isInteractive())
		throw new UsageError('There is no terminal to ask whether you mean it: give --yes.');
	return withVault(config, options, { create: false }, async (vault, path) => {
		const { name, person, firm } = deviceOf(await vault.devices(), device, path);
		const what = `the device ${name} of the person ${person} from ${path}`;
		const warning =
			'Without another device, or a way of recovery, this person can then open nothing of the firm’s own content any more.';
		if (dryRun) return { result: { dryRun, name, person, firm }, text: `Would remove ${what}. ${warning}` };
		if (!yes && (await promptLine(`${warning}\nTo remove ${what}, type its name: `)) !== name)
			throw new FirmsealError('CONFLICT', 'This is not the name of the device: nothing was removed.');
		await vault.forget({ name });
		return {
			result: { name, person, firm },
			text: `Removed ${what}. The firm still trusts it: if someone could have copied it, run \`firmseal device revoke\` on another device.`,
		};
	});
}

/** Whose device it becomes: both get into the device's file, and into each code that is compared. */
async function ownerOfToken(config: Config): Promise<{ readonly firm: string; readonly person: string }> {
	const { viewer } = await queryCaller(credentialsOf(config))('query { viewer { id firm { id } } }', {});
	if (!isObject(viewer) || !isId(viewer.id)) throw invalidApiAnswer();
	const { firm } = viewer;
	if (firm === null)
		throw new FirmsealError('FORBIDDEN', 'The person of FIRMSEAL_TOKEN belongs to no firm: only members have devices.');
	if (!isObject(firm) || !isId(firm.id)) throw invalidApiAnswer();
	return { firm: firm.id, person: viewer.id };
}
