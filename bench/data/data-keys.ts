import type { KeyObject } from 'node:crypto';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { createSchema } from '../../src/api/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import type { Config } from '../../src/config/config.ts';
import { createDataKeyStore, type Plane } from '../../src/database/index.ts';
import { createDataKeys, type DataKeys, type DataKeysOptions } from '../../src/keys/index.ts';
import { openKeyring } from '../../src/wiring/index.ts';

/** The data keys of a firm plane with the installation's own keyring. */
export const openDataKeys = async (
	config: Config,
	plane: Plane,
	options: Partial<DataKeysOptions<KeyObject>> = {},
): Promise<DataKeys<KeyObject>> =>
	createDataKeys({
		keyring: options.keyring ?? (await openKeyring(config, 'firm')),
		store: createDataKeyStore(plane),
		aead: createNodeAead(),
		fields: createSchema().registry.fields,
		ttlSeconds: 3600,
		maxKeys: 100,
		clock: systemClock,
		...options,
	});
