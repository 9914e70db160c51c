import { CONTENT_CLASSES } from '../../access/index.ts';
import type { VaultState } from '../../client/vault/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type CommandResult, plural } from '../command.ts';
import { showProgress } from '../print/index.ts';
import { type DeviceOptions, hasLog, isWithoutLog, type OpenedDevice, withDevice } from './open-device.ts';

export interface BeginOptions extends DeviceOptions {
	readonly name: string;
	/** The classes to make data keys for; all unless given. */
	readonly class?: readonly string[];
}

/** Begins the firm's key log with this device, and makes the first data keys. Run again, it does what is left. */
export async function beginFirm(config: Config, options: BeginOptions): Promise<CommandResult> {
	const wanted = options.class ?? CONTENT_CLASSES;
	return withDevice(config, options, async (device) => {
		const { vault, connection, stored } = device;
		const isBegun = await hasLog(device);
		if (isBegun) await requireOwnLog(device);
		if (options.dryRun) {
			const classes = isBegun ? withoutKey(await vault.state(), wanted) : wanted;
			const begin = isBegun ? '' : `begin the key log of the firm ${stored.firm} with this device, and `;
			return {
				result: { dryRun: true, isBegun, classes },
				text: `Would ${begin}make ${plural(classes.length, 'data key')}: ${classes.join(', ') || 'none'}.`,
			};
		}
		if (!isBegun) await connection.begin(options.name);
		const classes = withoutKey(await connection.refresh(), wanted);
		const progress = showProgress('data keys', classes.length);
		for (const each of classes) {
			await connection.generateKey(each);
			progress.step();
		}
		progress.end();
		const state = await vault.state();
		return {
			result: { ...state, isBegun, keys: classes },
			text: [
				`${isBegun ? 'The firm’s key log was begun by this device before' : 'Began the firm’s key log with this device'}. Made ${plural(classes.length, 'data key')}.`,
				'Next: `firmseal device recovery-code`, so that the firm does not depend on this device alone.',
			].join('\n'),
		};
	});
}

/** @throws FirmsealError CONFLICT if the log was begun by another device, and this one does not belong to it */
async function requireOwnLog({ connection }: OpenedDevice): Promise<void> {
	try {
		await connection.sync();
	} catch (error) {
		if (!isWithoutLog(error)) throw error;
		throw new FirmsealError(
			'CONFLICT',
			'Another device has begun the firm’s key log: run `firmseal device join`, or `firmseal device recover` with a recovery code.',
		);
	}
}

const withoutKey = ({ classes }: VaultState, wanted: readonly string[]): readonly string[] =>
	wanted.filter((name) => (classes.find((each) => each.class === name)?.versions ?? []).length === 0);
