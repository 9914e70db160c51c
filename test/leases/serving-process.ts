import { once } from 'node:events';
import { createLogger } from '../../src/api/index.ts';
import { readConfig } from '../../src/config/config.ts';
import type { Keyring } from '../../src/keys/index.ts';
import { startServer } from '../../src/processes/server.ts';
import { openDatabase } from '../../src/wiring/index.ts';

/**
 * A process that serves the operator's plane and reports every unwrap of its keyring to its parent, with the time of the machine's monotonic clock,
 * which all processes share. `HOLD_UNWRAP`: the key service waits for the parent before it answers.
 */
const { HOLD_UNWRAP, ...env } = process.env;
const config = readConfig(env);
const tell = (message: object) => process.send?.(message);

const counted = (keyring: Keyring): Keyring => ({
	...keyring,
	async unwrap(context, wrapped) {
		const key = await keyring.unwrap(context, wrapped);
		if (context.class !== 'RIGHTS') tell({ unwrapped: String(process.hrtime.bigint()) });
		if (HOLD_UNWRAP && context.class !== 'RIGHTS') await once(process, 'message');
		return key;
	},
});

const server = await startServer(config, await openDatabase(config), createLogger({ level: 'silent' }), {
	wrapKeyring: (keyring, side) => (side === 'operator' ? counted(keyring) : keyring),
});
tell({ url: server.url });
process.on('message', (told) => told === 'say' && tell({ said: true }));
process.on('message', (told) => told === 'stop' && void server.stop().then(() => process.exit(0)));
