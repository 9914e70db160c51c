import { join } from 'node:path';
import { initLocalKeyring, isKeyringBegun, openLocalKeyring } from '../adapters/keyring-local/index.ts';
import type { Config } from '../config/index.ts';
import {
	guardKeyring,
	type Keyring,
	type KeyringHealthEvent,
	type KeyringPrincipal,
	PLATFORM_FIRM_ID,
	resilientKeyring,
} from '../keys/index.ts';
import { makeDataDirectory, readOrCreateRootKey } from '../local-files/index.ts';

/** How a keyring is opened and created: one for each value of FIRMSEAL_KEYRING. */
interface KeyringKind {
	/** The service that keeps the keys, or null if they are on this machine. */
	readonly service: KeyService | null;
	open(
		config: Config,
		principal: KeyringPrincipal,
		onHealthEvent?: (event: KeyringHealthEvent) => void,
	): Promise<Keyring>;
	/** Creates the keyring of a new installation. */
	init(config: Config): Promise<void>;
	/** Whether the keyring exists, complete or damaged. A keyring whose creation broke off before the first key does not count. */
	exists(config: Config): Promise<boolean>;
	/** For a sentence about a keyring of another installation: what it is called, and how to give the process the right one. */
	words(config: Config): { readonly subject: string; readonly fix: string };
}

interface KeyService {
	/** What to check if the service has no key of this installation; the last part of a sentence. */
	readonly advice: string;
	/** The firms whose wrapping keys were created by Firmseal and aren't rotated each year by the service. */
	findUnrotated(config: Config, firms: readonly string[]): Promise<readonly string[]>;
}

const LOCAL: KeyringKind = {
	service: null,
	async open(config, principal) {
		return openLocalKeyring({
			directory: keyringDirectory(config),
			rootKey: await rootKeyOf(config, false),
			principal,
		});
	},
	async init(config) {
		makeDataDirectory(config.dataDir);
		await initLocalKeyring({ directory: keyringDirectory(config), rootKey: await rootKeyOf(config, true) });
	},
	exists: async (config) => isKeyringBegun(keyringDirectory(config)),
	words: ({ dataDir }) => ({
		subject: `The keyring in ${dataDir}`,
		fix: 'restore the keyring and root.key that belong to it.',
	}),
};

const AWS_KMS: KeyringKind = {
	service: {
		advice: 'with AWS KMS, check its account and AWS_REGION',
		async findUnrotated(config, firms) {
			const { findUnrotated } = await loadAws();
			return findUnrotated({ ...awsOf(config), principal: 'worker' }, firms);
		},
	},
	async open(config, principal, onHealthEvent) {
		const { openAwsKeyring } = await loadAws();
		const keyring = openAwsKeyring({ ...awsOf(config), principal });
		return resilientKeyring(keyring, { side: principal, ...(onHealthEvent && { onEvent: onHealthEvent }) });
	},
	// The service needs nothing but keys, which are created later.
	init: async () => {},
	exists: async (config) => (await (await openKeyring(config, 'worker')).describeKey(PLATFORM_FIRM_ID)) !== null,
	words: () => ({
		subject: 'AWS KMS, in the account and region of this process,',
		fix: 'set AWS_REGION and the roles or credentials to those that the database was used with.',
	}),
};

const KEYRINGS: Readonly<Record<Config['keyring']['kind'], KeyringKind>> = { local: LOCAL, 'aws-kms': AWS_KMS };
const kindOf = ({ keyring }: Config): KeyringKind => KEYRINGS[keyring.kind];

/**
 * Opens the guarded keyring with the rights of one kind of process, once for each process and side. `onHealthEvent` gets the events of calls of
 * a service.
 * @throws SetupError if the keyring is missing, damaged, or of another installation. A service is not called until check().
 */
export const openKeyring = async (
	config: Config,
	principal: KeyringPrincipal,
	onHealthEvent?: (event: KeyringHealthEvent) => void,
): Promise<Keyring> => guardKeyring(await kindOf(config).open(config, principal, onHealthEvent));

export const initKeyring = (config: Config): Promise<void> => kindOf(config).init(config);

/** @throws KeyUnavailableError if a service can't say now whether it has the platform's key */
export const hasKeyring = (config: Config): Promise<boolean> => kindOf(config).exists(config);

/** The advice of all services, for a sentence where the keyring in use is unknown. */
export const keyServiceAdvice = (): string =>
	Object.values(KEYRINGS)
		.flatMap(({ service }) => service?.advice ?? [])
		.join('; ');

export const keyServiceOf = (config: Config): KeyService | null => kindOf(config).service;

export const keyringWords = (config: Config) => kindOf(config).words(config);

const rootKeyOf = async ({ keyring, dataDir }: Config, create: boolean): Promise<Uint8Array> =>
	keyring.rootKey?.expose() ?? (await readOrCreateRootKey(join(dataDir, 'root.key'), { create }));

const keyringDirectory = ({ dataDir }: Config) => join(dataDir, 'keyring');

/** Imported only where it is used: it takes as long to load as all other modules together. */
const loadAws = () => import('../adapters/keyring-aws/index.ts');

/** The settings guarantee that the region is set. */
const awsOf = ({ aws, keyring }: Config) => ({
	region: aws.region ?? '',
	endpoints: aws.endpoints,
	roles: keyring.roles,
});
