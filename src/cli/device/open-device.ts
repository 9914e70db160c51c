import { join, resolve } from 'node:path';
import { createFirmseal, type Firmseal } from '../../client/connection/index.ts';
import { CONTENT_TYPES } from '../../client/coordinates.generated.ts';
import { createVault, type StoredDevice, type VaultOperations } from '../../client/vault/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { KeptDirectory } from '../../local-files/index.ts';
import { credentialsOf } from '../call/index.ts';
import { currentIo } from '../io.ts';
import { readPassphrase } from './secrets.ts';

/** Where the devices are. */
export interface DirectoryOptions {
	readonly devices?: string;
	readonly json?: boolean;
}

/** Which device, and what unlocks it. */
export interface DeviceOptions extends DirectoryOptions {
	readonly device?: string;
	readonly passphraseFile?: string;
	readonly dryRun?: boolean;
}

/** An unlocked device, with its connection to the API. */
export interface OpenedDevice {
	readonly vault: VaultOperations;
	readonly connection: Firmseal['connection'];
	readonly stored: StoredDevice;
}

/** Milliseconds since 1970. A log's checkpoint has a date, so the clock of waiting does not do. */
const CLOCK = { now: () => Date.now(), sleep: (milliseconds: number) => currentIo().clock.sleep(milliseconds) };

/**
 * Opens the directory of devices for the time of `work`: no other command uses it meanwhile.
 * @throws FirmsealError CONFLICT if another command uses it, NOT_FOUND if it does not exist and may not be created; SetupError
 */
export async function withVault<T>(
	config: Pick<Config, 'dataDir'>,
	{ devices }: DirectoryOptions,
	{ create }: { readonly create: boolean },
	work: (vault: VaultOperations, path: string) => Promise<T>,
): Promise<T> {
	const path = devices === undefined ? join(config.dataDir, 'devices') : resolve(devices);
	const store = await KeptDirectory.open(path, { setting: '--devices', create });
	try {
		return await work(createVault({ store, clock: CLOCK, types: CONTENT_TYPES }), path);
	} finally {
		await store.close();
	}
}

/** Unlocks the device for the time of `work`. @throws as withVault(); what the vault and the service refuse */
export async function withDevice<T>(
	config: Config,
	options: DeviceOptions,
	work: (device: OpenedDevice) => Promise<T>,
): Promise<T> {
	const { url, token } = credentialsOf(config);
	return withVault(config, options, { create: false }, async (vault, path) => {
		const stored = deviceOf(await vault.devices(), options.device, path);
		const { connection } = createFirmseal({
			url,
			token: () => token.expose(),
			vault,
			unlock: async () => {},
			clock: CLOCK,
		});
		const { name } = stored;
		await vault.unlock({ name, unlock: { passphrase: await readPassphrase(name, options.passphraseFile) } });
		try {
			return await work({ vault, connection, stored });
		} finally {
			await vault.lock();
		}
	});
}

/** The named device, or the only one. @throws FirmsealError NOT_FOUND, BAD_USER_INPUT if it has to be named */
export function deviceOf(stored: readonly StoredDevice[], name: string | undefined, path: string): StoredDevice {
	const [only, ...others] = name === undefined ? stored : stored.filter((each) => each.name === name);
	if (only === undefined)
		throw new FirmsealError(
			'NOT_FOUND',
			name === undefined
				? `There are no devices in ${path}: make one with \`firmseal device create\`, or name another directory with --devices.`
				: `No device in ${path} has this name: \`firmseal device list\` shows those that are there.`,
		);
	if (others.length > 0)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'There are several devices here: name one with --device. `firmseal device list` shows them.',
		);
	return only;
}

/** Whether the service has a key log for the firm. What it says is not verified. */
export async function hasLog({ connection, stored }: OpenedDevice): Promise<boolean> {
	const { entries } = await connection.readLog(stored.firm, null);
	return entries.length > 0;
}

export const isWithoutLog = (error: unknown): boolean =>
	error instanceof FirmsealError && 'reason' in error && error.reason === 'no-log';
