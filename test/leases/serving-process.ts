import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../../src/api/index.ts';
import { openDatabase } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import type { Keyring } from '../../src/keys/index.ts';
import { startServer } from '../../src/server.ts';

/**
 * A process that serves the operator's plane and tells its parent of every unwrap that its keyring has done, with the time of the
 * machine's monotonic clock, which all processes share. `SLOW_UNWRAP`: milliseconds that the key service takes to answer.
 */
const { SLOW_UNWRAP = '0', ...env } = process.env;
const config = readConfig(env);
const tell = (message: object) => process.send?.(message);

const counted = (keyring: Keyring): Keyring => ({
	...keyring,
	async unwrap(context, wrapped) {
		const key = await keyring.unwrap(context, wrapped);
		if (context.class !== 'RIGHTS') tell({ unwrapped: String(process.hrtime.bigint()) });
		await delay(Number(SLOW_UNWRAP));
		return key;
	},
});

const server = await startServer(config, await openDatabase(config), createLogger({ level: 'silent' }), {
	around: (keyring, side) => (side === 'operator' ? counted(keyring) : keyring),
});
tell({ url: server.url });
process.on('message', () => void server.stop().then(() => process.exit(0)));
