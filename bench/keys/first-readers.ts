import { CONTENT_CLASSES } from '../../src/access/index.ts';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { createSchema } from '../../src/api/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { createDataKeyStore } from '../../src/database/index.ts';
import { createDataKeys } from '../../src/keys/index.ts';
import { openKeyring, openPlaneOf } from '../../src/wiring/index.ts';
import type { Facts } from '../facts.ts';
import type { BenchInstallation } from '../installation.ts';
import type { Section } from '../section.ts';
import { measureRefusal } from './refused.ts';

const READERS = 1_000;

export const keys: Section = {
	name: 'keys',
	title: 'Keys',
	steps: () => 2,
	async measure({ installation, onStep }) {
		const readers = await measureFirstReaders(installation);
		onStep();
		const refusal = await measureRefusal(installation);
		onStep();
		return { tables: [], facts: [readers, refusal] };
	},
};

/** What the key service is asked when many are the first, all at once, to read something of each class of one firm. */
async function measureFirstReaders({ config, database, firm }: BenchInstallation): Promise<Facts> {
	const plane = openPlaneOf(database, 'firmseal_firm', 4);
	const calls = new Map<string, number>();
	try {
		const keyring = await openKeyring(config, 'firm');
		const open = () =>
			createDataKeys({
				keyring: {
					...keyring,
					unwrap(context, wrapped) {
						calls.set(context.class, (calls.get(context.class) ?? 0) + 1);
						return keyring.unwrap(context, wrapped);
					},
				},
				store: createDataKeyStore(plane),
				aead: createNodeAead(),
				fields: createSchema().registry.fields,
				ttlSeconds: 300,
				maxKeys: 100,
				clock: systemClock,
			});
		const before = open();
		const versions = new Map<string, number>();
		for (const keyClass of CONTENT_CLASSES)
			versions.set(keyClass, (await before.loadSealingKey(firm, keyClass, 1)).version);
		calls.clear();
		const dataKeys = open();
		await Promise.all(
			Array.from({ length: READERS }, () =>
				Promise.all(
					CONTENT_CLASSES.map((keyClass) => dataKeys.loadOpeningKey(firm, keyClass, versions.get(keyClass) ?? 1)),
				),
			),
		);
		return {
			title: `${READERS} first readers of a firm at once`,
			facts: CONTENT_CLASSES.map((keyClass) => ({
				what: `asked of the key service for ${keyClass}`,
				value: calls.get(keyClass) ?? Number.NaN,
				unit: 'calls',
				target: 1,
			})),
		};
	} finally {
		await plane.close();
	}
}
