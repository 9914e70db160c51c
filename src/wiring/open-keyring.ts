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

/**
 * The keyring as one kind of process sees it; once for each process and side. `onTrouble`: what becomes of calls of a service.
 * @throws SetupError when it is missing, damaged or another installation's; a service is not asked yet: check() does.
 */
export async function openKeyring(
	config: Config,
	principal: KeyringPrincipal,
	onTrouble?: (event: KeyringHealthEvent) => void,
): Promise<Keyring> {
	if (config.keyring.kind === 'local') return guardKeyring(await openLocal(config, principal));
	const { openAwsKeyring } = await loadAws();
	const keyring = openAwsKeyring({ ...awsOf(config), principal });
	return guardKeyring(resilientKeyring(keyring, { side: principal, ...(onTrouble && { onEvent: onTrouble }) }));
}

/** Makes the keyring of a new installation; one that is there is left as it is. In a service there is nothing to make but keys. */
export async function initKeyring(config: Config): Promise<void> {
	if (config.keyring.kind !== 'local') return;
	makeDataDirectory(config.dataDir);
	const rootKey =
		config.keyring.rootKey?.expose() ?? (await readOrCreateRootKey(rootKeyFile(config), { create: true }));
	await initLocalKeyring({ directory: keyringDirectory(config), rootKey });
}

/**
 * Whether there is one, or what is left of one; not one whose making was cut off before any key. In a service: whether it has the
 * platform's key. @throws KeyUnavailableError when that can't be known now.
 */
export async function hasKeyring(config: Config): Promise<boolean> {
	if (config.keyring.kind === 'local') return isKeyringBegun(keyringDirectory(config));
	return (await (await openKeyring(config, 'worker')).describeKey(PLATFORM_FIRM_ID)) !== null;
}

/** Firms whose wrapping keys, made here, are not rotated by the service each year; none where there is no such service. */
export async function unrotatedFirms(config: Config, firms: readonly string[]): Promise<readonly string[]> {
	if (config.keyring.kind === 'local') return [];
	const { findUnrotated } = await loadAws();
	return findUnrotated({ ...awsOf(config), principal: 'worker' }, firms);
}

/** What belongs to this installation, for a sentence; and how it is given back to a process that has another one's. */
export const keyringWords = ({ keyring, dataDir }: Config) =>
	keyring.kind === 'local'
		? { place: `The keyring in ${dataDir}`, mend: 'restore the keyring and root.key that belong to it.' }
		: {
				place: 'AWS KMS, in the account and region of this process,',
				mend: 'set AWS_REGION and the roles or credentials to those that the database was used with.',
			};

async function openLocal(config: Config, principal: KeyringPrincipal): Promise<Keyring> {
	const rootKey =
		config.keyring.rootKey?.expose() ?? (await readOrCreateRootKey(rootKeyFile(config), { create: false }));
	return openLocalKeyring({ directory: keyringDirectory(config), rootKey, principal });
}

/** Only where it is used: it takes as long to load as all the rest. */
const loadAws = () => import('../adapters/keyring-aws/index.ts');

/** The settings make sure of the region. */
const awsOf = ({ aws, keyring }: Config) => ({
	region: aws.region ?? '',
	endpoints: aws.endpoints,
	roles: keyring.roles,
});

const rootKeyFile = ({ dataDir }: Config) => join(dataDir, 'root.key');
const keyringDirectory = ({ dataDir }: Config) => join(dataDir, 'keyring');
