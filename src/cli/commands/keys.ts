import { type Command, Option } from 'commander';
import type { Config } from '../../config/index.ts';
import { selectAllFirms, selectDataKeyListing, selectJobListing, selectOwnKeyStates } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { describeKeys, findFirm, wrappingKeyStateOf } from '../../firms/index.ts';
import {
	isWrappingKeyChange,
	JOB_KEY_CLASSES,
	type JobRequest,
	keyVersionRequest,
	nextRotationRequests,
	ownCustodyError,
	reencryptionRequests,
	wrappingKeyChangeRequest,
	wrappingKeyRotationRequest,
} from '../../jobs/index.ts';
import { type Installation, openKeyring, PLATFORM_FIRM_ID, withInstallation } from '../../wiring/index.ts';
import { type CommandResult, defineCommand, dryRun, table, UsageError } from '../command.ts';
import {
	findOwnedKeys,
	type KeyOwnerOptions,
	noWait,
	type OwnedKeys,
	type RequestJobsOptions,
	requestAndFollow,
	withLeftOut,
} from '../jobs/index.ts';
import { rateOf, wholeNumber } from '../parse/index.ts';
import { escrowKeys } from './keys-escrow.ts';
import { recoverKeys } from './keys-recover.ts';

/** Number of jobs among which the last change of the wrapping key is searched. */
const MAX_JOBS = 1_000;

/** `firmseal keys`: wrapping keys and data keys, their escrow and recovery. */
export function keys(program: Command): void {
	const group = program.command('keys').description('the key hierarchy');
	defineList(group);
	defineRotate(group);
	defineRewrap(group);
	defineReencrypt(group);
	defineBring(group);
	defineDisableAndEnable(group);
	defineDestroy(group);
	escrowKeys(group);
	recoverKeys(group);
}

function defineList(group: Command): void {
	defineCommand<{ firm?: string }>(
		group
			.command('list')
			.description('list wrapping keys and versions of data keys; never key material')
			.option('--firm <slug-or-id>', 'only this firm'),
		({ config, options }) => withInstallation(config, (installation) => listKeys(config, installation, options.firm)),
	);
}

async function listKeys(config: Config, { worker }: Installation, named: string | undefined): Promise<CommandResult> {
	const only = named === undefined ? null : await findFirm({ worker }, named);
	const platform = { id: PLATFORM_FIRM_ID, slug: '(platform)' };
	const firms = only ? [only] : [platform, ...(await worker.read(null, selectAllFirms))];
	const keyring = await openKeyring(config, 'worker');
	const described = await describeKeys(keyring, firms);
	const dataKeys = await worker.read(null, (tx) => selectDataKeyListing(tx, only?.id ?? null));
	const ownKeys = await worker.read(null, (tx) => selectOwnKeyStates(tx, only?.id ?? null));
	const slugs = new Map(firms.map(({ id, slug }) => [id, slug]));
	const rows = [
		...described.map((each) => {
			const { id, slug, key } = each;
			const own = ownKeys.find(({ firmId }) => firmId === id);
			const state = own ? `${wrappingKeyStateOf(each)}, ${own.state}` : wrappingKeyStateOf(each);
			return [slug, key?.isOwn ? 'its own key' : 'wrapping key', key?.version, state, null, key?.keyId];
		}),
		...dataKeys.map((key) => [slugs.get(key.firm), key.class, key.version, key.state, key.sealed, key.keyId]),
	];
	return {
		result: { wrappingKeys: described.flatMap(({ key }) => key ?? []), ownKeys, dataKeys },
		text: table(['firm', 'key', 'version', 'state', 'sealed at most', 'wrapping key id'], rows),
		problem: described.find(({ refusal }) => refusal)?.refusal?.message,
	};
}

interface BringOptions extends KeyOwnerOptions, RequestJobsOptions {
	readonly keyArn?: string;
	readonly back?: boolean;
}

interface ChangeOptions extends KeyOwnerOptions, RequestJobsOptions {
	readonly class?: string[];
}

type VersionOptions = ChangeOptions & { readonly version?: number };

/** A command that asks for a job on keys and waits until it is done. */
const keyJob = (group: Command, name: string, does: string) =>
	noWait(dryRun(group.command(name)))
		.description(does)
		.addOption(new Option('--firm <slug-or-id>', 'which firm').conflicts('platform'))
		.option('--platform', "the platform's own keys");

const withClasses = (command: Command) =>
	command.addOption(new Option('--class <class...>', 'only data keys of these classes').choices(JOB_KEY_CLASSES));

function defineRotate(group: Command): void {
	const command = keyJob(group, 'rotate', 'make new versions of data keys, or of the wrapping key');
	defineCommand<ChangeOptions & { wrapping?: boolean }>(
		withClasses(command).addOption(
			new Option('--wrapping', 'rotate the wrapping key, and wrap all data keys again under the new version').conflicts(
				'class',
			),
		),
		({ config, options }) =>
			requestForKeys(config, options, async (installation, { id, keys: of }) => {
				if (!options.wrapping)
					return installation.worker.read(null, (tx) => nextRotationRequests(tx, id, of, options.class));
				const key = await installation.keyring.describeKey(id);
				if (!key) throw new FirmsealError('NOT_FOUND', 'There is no wrapping key: run `firmseal doctor`.');
				return [wrappingKeyRotationRequest(key)];
			}),
	);
}

function defineRewrap(group: Command): void {
	defineCommand<ChangeOptions>(
		keyJob(group, 'rewrap', 'wrap all data keys again under the current version of the wrapping key'),
		({ config, options }) =>
			requestForKeys(config, options, async (_, { id }) => [{ firm: id, kind: 'REWRAP', class: null, version: null }]),
	);
}

function defineReencrypt(group: Command): void {
	const command = keyJob(group, 'reencrypt', 're-encrypt all values that are under an older version');
	defineCommand<ChangeOptions & { rate?: number }>(
		withClasses(command).option('--rate <rows>', 'rows per second at most', rateOf),
		({ config, options }) =>
			requestForKeys(config, options, async (_, { id, keys: of, ownClasses: held }) =>
				reencryptionRequests(id, of, { classes: options.class, held, rate: options.rate ?? null }),
			),
	);
}

function defineBring(group: Command): void {
	defineCommand<BringOptions>(
		noWait(dryRun(group.command('bring')))
			.description(
				"wrap a firm's data keys under a key that the firm brings, or again under one of the platform; an owner must agree",
			)
			.requiredOption('--firm <slug-or-id>', 'which firm')
			.addOption(new Option('--key-arn <arn>', 'ARN of the key that the firm brings').conflicts('back'))
			.option('--back', 'use a new key of the platform instead of the key that the firm brought'),
		({ config, options }) => {
			if (options.keyArn === undefined && !options.back) throw new UsageError('Give --key-arn, or --back.');
			return requestForKeys(config, options, async (installation, of) => [
				await changeOfKey(installation, of, options),
			]);
		},
	);
}

function defineDisableAndEnable(group: Command): void {
	for (const [name, kind, does] of [
		[
			'disable',
			'DISABLE',
			'close everything under a version of a data key, or under the wrapping key, until it is enabled',
		],
		['enable', 'ENABLE', 'reverse `disable`: make everything under the version or the key readable again'],
	] as const)
		defineCommand<VersionOptions>(withVersion(keyJob(group, name, does)), ({ config, options }) => {
			const version = namedVersion(options);
			return requestForKeys(config, options, async (_, { id, keys: of }) => [keyVersionRequest(kind, id, of, version)]);
		});
}

function defineDestroy(group: Command): void {
	const does =
		'overwrite a disabled version of a data key for good; needs two approvers (FIRMSEAL_TOKEN is the token of one)';
	defineCommand<VersionOptions>(withVersion(keyJob(group, 'destroy', does)), ({ config, options }) => {
		const version = namedVersion(options);
		if (!version) throw new UsageError('Give --class and --version of the data key.');
		return requestForKeys(
			config,
			options,
			async (_, { id, keys: of }) => [keyVersionRequest('DESTROY', id, of, version)],
			{ destroys: true },
		);
	});
}

/** @throws FirmsealError BAD_USER_INPUT for a key that can't be the firm's, CONFLICT if there is nothing to change */
async function changeOfKey(
	{ keyring, worker }: Installation,
	{ id: firm }: OwnedKeys,
	{ keyArn }: BringOptions,
): Promise<JobRequest> {
	const request = wrappingKeyChangeRequest(firm, keyArn ?? null);
	const jobs = await worker.read(null, (tx) => selectJobListing(tx, { firm, open: false, most: MAX_JOBS }));
	const last = jobs.find(({ kind }) => isWrappingKeyChange(kind));
	if (last && last.endedAt === null && last.kind !== request.kind)
		throw new FirmsealError('CONFLICT', `The job ${last.kind} ${last.id} is open: let it end, or cancel it.`);
	if (keyArn !== undefined) await keyring.inspectOwnKey(firm, keyArn);
	// A cancelled GIVE_BACK may be asked for again, to complete it.
	else if (last?.kind !== 'GIVE_BACK' || last.state === 'DONE') {
		if (!(await keyring.describeKey(firm))?.isOwn)
			throw new FirmsealError('CONFLICT', 'The firm has brought no key: its wrapping key was made here.');
	}
	return request;
}

const withVersion = (command: Command) =>
	command
		.option('--class <class...>', 'the class of a data key')
		.option('--version <number>', 'which version of it', wholeNumber(1, 2 ** 32 - 1));

/** null for the wrapping key. @throws UsageError if only one of `--class` and `--version` is given */
function namedVersion({ class: of, version }: VersionOptions) {
	const [only, ...more] = of ?? [];
	if (only === undefined && version === undefined) return null;
	if (only === undefined || version === undefined || more.length > 0)
		throw new UsageError('Give one --class and its --version, or neither for the wrapping key.');
	return { class: only, version };
}

/**
 * Asks for jobs on the keys of the named firm or of the platform, and follows them.
 * @throws FirmsealError CONFLICT for a named class in the firm's own custody, unless an old version of it is destroyed
 */
function requestForKeys(
	config: Config,
	options: ChangeOptions,
	requestsFor: (installation: Installation, of: OwnedKeys) => Promise<readonly JobRequest[]>,
	{ destroys = false } = {},
): Promise<CommandResult> {
	if (options.firm === undefined && !options.platform) throw new UsageError('Give --firm, or --platform.');
	return withInstallation(config, async (installation) => {
		const of = await findOwnedKeys(installation, options);
		const refused = options.class?.find((each) => of.ownClasses.includes(each));
		if (refused !== undefined && !destroys) throw ownCustodyError(refused);
		const requests = await requestsFor(installation, of);
		const answer = await requestAndFollow(config, installation, requests, options);
		return options.class ? answer : withLeftOut(answer, of);
	});
}
