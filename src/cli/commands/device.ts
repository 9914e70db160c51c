import { type Command, InvalidArgumentError, Option } from 'commander';
import { CONTENT_CLASSES } from '../../access/index.ts';
import { type CommandInput, type CommandResult, defineCommand, dryRun } from '../command.ts';
import {
	type ApproveJoinOptions,
	agreeToDecision,
	approveJoin,
	type BeginOptions,
	beginFirm,
	type CreateOptions,
	completeDecision,
	createDevice,
	type DecisionOptions,
	type DeviceOptions,
	type DirectoryOptions,
	declineDecision,
	joinFirm,
	listDevices,
	listWaiting,
	type OwnersOptions,
	type ProposeOptions,
	proposeDecision,
	type RecoverOptions,
	type ReleaseShareOptions,
	type RemoveLocalOptions,
	type RenameOptions,
	type RevokeOptions,
	recoverFirm,
	releaseHeldShare,
	removeLocal,
	renamePerson,
	revokeDevice,
	type SafetyNumberOptions,
	sendKeys,
	setRecoveryCode,
	setRecoveryOwners,
	showSafetyNumber,
	showStatus,
	type TrustOptions,
	trustCheckpointKeys,
	type WaitingOptions,
} from '../device/index.ts';
import { hashOption } from '../parse/index.ts';

/** `firmseal device`: devices of a firm that has content in its own custody, as the person of FIRMSEAL_TOKEN. */
export function device(program: Command): void {
	const group = program
		.command('device')
		.description(
			'your devices, which hold the keys of a firm’s content in its own custody, as the person of FIRMSEAL_TOKEN',
		);
	defineStored(group);
	defineJoining(group);
	defineRecovery(group);
	defineDecisions(group);
}

const inDirectory = (command: Command): Command =>
	command.option(
		'--devices <directory>',
		'where your devices are; the directory devices of FIRMSEAL_DATA_DIR unless given',
	);

const PASSPHRASE = [
	'--passphrase-file <file>',
	'a file with the passphrase that only you can read; asked for on a terminal unless given',
] as const;
const ANNOUNCE = [
	'--announce',
	'as the only owner, without the recovery code: all devices are told, and it can be completed after 72 hours',
] as const;
const ID = ['--id <id>', 'which decision; the only one unless given'] as const;
const CODE_FILE = [
	'--code-file <file>',
	'a file with your recovery code that only you can read; asked for on a terminal unless given',
] as const;

/** A command on one unlocked device. */
function defineOnDevice<Options extends DeviceOptions>(
	command: Command,
	work: (config: CommandInput<Options>['config'], options: Options) => Promise<CommandResult>,
): void {
	inDirectory(command)
		.option('--device <name>', 'which device; the only one unless given')
		.option(...PASSPHRASE);
	defineCommand<Options>(command, ({ config, options }) => work(config, options));
}

function defineStored(group: Command): void {
	defineCommand<CreateOptions>(
		inDirectory(dryRun(group.command('create')))
			.description('make a device on this machine, locked by a passphrase')
			.requiredOption('--device <name>', 'its name here')
			.option(...PASSPHRASE),
		({ config, options }) => createDevice(config, options),
	);
	defineCommand<DirectoryOptions>(
		inDirectory(group.command('list')).description('list the devices on this machine; needs no token'),
		({ config, options }) => listDevices(config, options),
	);
	defineOnDevice<DeviceOptions>(
		group
			.command('status')
			.description(
				'show the people, devices and classes that a device knows, what is missing, and whether it is up to date',
			),
		showStatus,
	);
	defineOnDevice<TrustOptions>(
		dryRun(group.command('trust-key'))
			.description('trust the new key of the key log’s checkpoints, after the platform changed it')
			.requiredOption('--key <vkey...>', 'the key, from a source other than the service'),
		trustCheckpointKeys,
	);
	defineCommand<RemoveLocalOptions>(
		inDirectory(dryRun(group.command('remove-local')))
			.description('remove a device from this machine; the firm still trusts it until it is revoked; needs no token')
			.requiredOption('--device <name>', 'which device')
			.option('--yes', 'do not ask'),
		({ config, options }) => removeLocal(config, options),
	);
}

function defineJoining(group: Command): void {
	defineOnDevice<BeginOptions>(
		dryRun(group.command('begin'))
			.description('begin the key log of a firm that has none, with this device, and make the first data keys')
			.requiredOption('--name <name>', 'your name, as the firm’s other people will see it')
			.addOption(
				new Option('--class <class...>', 'make data keys of these classes; of all unless given').choices(
					CONTENT_CLASSES,
				),
			),
		beginFirm,
	);
	defineOnDevice<DeviceOptions>(
		dryRun(group.command('join')).description(
			'add a new device to the firm, together with one that the firm has: you compare a code on both screens',
		),
		joinFirm,
	);
	defineOnDevice<ApproveJoinOptions>(
		dryRun(group.command('approve'))
			.description('answer the newest request of a person to join, compare the code, and add the device')
			.option('--person <name-or-id>', 'whose device it is; yours unless given')
			.option('--name <name>', 'add the person as a member first, by this name; needs the id of the person'),
		approveJoin,
	);
	defineOnDevice<DeviceOptions>(
		dryRun(group.command('send-keys')).description('send keys that this device has to devices that lack them'),
		sendKeys,
	);
}

function defineRecovery(group: Command): void {
	defineOnDevice<DecisionOptions>(
		dryRun(group.command('recovery-code'))
			.description('make a recovery code for paper, which you type back; it replaces an older one')
			.option(...CODE_FILE)
			.option(...ANNOUNCE),
		setRecoveryCode,
	);
	defineOnDevice<OwnersOptions>(
		dryRun(group.command('recovery-owners'))
			.description(
				'split a recovery key among other owners; it replaces earlier ways of recovery, and another owner has to agree',
			)
			.requiredOption('--threshold <count>', 'how many of them together bring you back', thresholdOf)
			.option('--holder <name-or-id...>', 'which owners; all others unless given')
			.option('--with-code', 'make a new recovery code too, for paper, which you type back'),
		setRecoveryOwners,
	);
	defineOnDevice<ReleaseShareOptions>(
		dryRun(group.command('release-share'))
			.description(
				'answer the newest request of a person whose share you hold, compare the code, and release the share',
			)
			.requiredOption('--person <name-or-id>', 'who lost their devices'),
		releaseHeldShare,
	);
	defineOnDevice<RecoverOptions>(
		dryRun(group.command('recover'))
			.description(
				'make a new device one of the firm by your recovery code, or by owners; your other devices are revoked',
			)
			.addOption(new Option('--owners', 'by shares that owners release to this device').conflicts('codeFile'))
			.option(...CODE_FILE)
			.option('--yes', 'do not ask whether the people and the custody are those that you know'),
		recoverFirm,
	);
}

function defineDecisions(group: Command): void {
	defineOnDevice<RevokeOptions>(
		dryRun(group.command('revoke'))
			.description('remove a device from the firm, and make new keys where it knew the old ones')
			.requiredOption('--id <id>', 'the id of the device, or its beginning, from status', idOfDevice)
			.option(...CODE_FILE)
			.option(...ANNOUNCE),
		revokeDevice,
	);
	defineOnDevice<RenameOptions>(
		dryRun(group.command('rename'))
			.description('give a person another name, as an owner; it takes back what this device agreed to')
			.requiredOption('--name <name>', 'the name, as the firm’s people will see it', nameOf)
			.option('--person <name-or-id>', 'whose name; yours unless given'),
		renamePerson,
	);
	defineOnDevice<SafetyNumberOptions>(
		group
			.command('safety-number')
			.description(
				'show the number that you and another person read to each other: the same number means the same history',
			)
			.requiredOption('--person <name-or-id>', 'the other person')
			.option('--compared <number>', 'say that this is the number which the other person read to you', safetyNumberOf),
		showSafetyNumber,
	);
	defineOnDevice<ProposeOptions>(
		dryRun(group.command('propose'))
			.description('decide what one owner cannot decide alone')
			.addOption(
				new Option('--custody <custody>', 'who can open a class').choices(['MOVING', 'FIRM', 'BACK', 'PLATFORM']),
			)
			.addOption(new Option('--class <class>', 'the class of content').choices(CONTENT_CLASSES))
			.addOption(new Option('--role <role>', 'make a person an owner, or a member').choices(['OWNER', 'MEMBER']))
			.option('--remove', 'remove an owner from the firm')
			.option('--person <name-or-id>', 'the person')
			.option(
				'--releases <sha256...>',
				'trust exactly these releases of the pages: the SHA-256 of the manifest.json of each',
				releasesOf,
			)
			.option(...CODE_FILE)
			.option(...ANNOUNCE),
		proposeDecision,
	);
	defineWaiting(group);
}

function defineWaiting(group: Command): void {
	defineOnDevice<DeviceOptions>(
		group.command('decisions').description('show the decisions that wait, each with what it means by this device'),
		listWaiting,
	);
	const answers = [
		['agree', 'read what another owner proposes, and sign it', agreeToDecision],
		['complete', 'put your decision into the key log, once it is agreed or its 72 hours are over', completeDecision],
		['decline', 'withdraw your proposal, or refuse that of another owner', declineDecision],
	] as const;
	for (const [name, description, work] of answers)
		defineOnDevice<WaitingOptions>(
			dryRun(group.command(name))
				.description(description)
				.option(...ID)
				.addOption(hashOption()),
			work,
		);
}

function idOfDevice(text: string): string {
	if (!/^[0-9a-f]{8,64}$/.test(text))
		throw new InvalidArgumentError('Give at least eight hexadecimal digits of the id, as status shows it.');
	return text;
}

function nameOf(text: string): string {
	if (text.trim() === '') throw new InvalidArgumentError('Give a name that people can read.');
	return text;
}

function releasesOf(text: string, before: readonly string[] = []): readonly string[] {
	if (!/^[0-9a-f]{64}$/.test(text))
		throw new InvalidArgumentError('Give the 64 hexadecimal digits that `sha256sum manifest.json` prints.');
	return [...before, text];
}

function thresholdOf(text: string): number {
	if (!/^([2-9]|1[0-6])$/.test(text)) throw new InvalidArgumentError('Give a number from 2 to 16.');
	return Number(text);
}

function safetyNumberOf(text: string): string {
	if (text.replaceAll(/[\s-]/g, '').match(/^\d{60}$/) === null)
		throw new InvalidArgumentError('A safety number has 60 digits.');
	return text;
}
