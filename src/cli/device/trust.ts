import type { Config } from '../../config/index.ts';
import type { CommandResult } from '../command.ts';
import { type DeviceOptions, withDevice } from './open-device.ts';

export interface TrustOptions extends DeviceOptions {
	/** vkeys (c2sp.org/signed-note). */
	readonly key: readonly string[];
}

/** Keys of the key log's checkpoints in place of those that the device trusts, after the platform changed its own. */
export async function trustCheckpointKeys(config: Config, options: TrustOptions): Promise<CommandResult> {
	return withDevice(config, options, async ({ vault, connection }) => {
		const before = (await vault.state()).checkpointKeys;
		if (options.dryRun)
			return {
				result: { dryRun: true, before, after: options.key },
				text: `Would trust ${options.key.join(', ')} in place of ${before.join(', ') || 'no key'}.`,
			};
		await vault.trustCheckpointKeys({ vkeys: options.key });
		const { checkpointKeys } = await connection.refresh();
		return {
			result: { before, after: checkpointKeys },
			text: 'The device trusts this key now, and a checkpoint by it was found.',
		};
	});
}
