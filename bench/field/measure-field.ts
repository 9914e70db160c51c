import { v7 as uuidv7 } from 'uuid';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { createSchema } from '../../src/api/index.ts';
import { openKeyring, openPlaneOf } from '../../src/compose.ts';
import { createDataKeyStore } from '../../src/database/index.ts';
import { createDataKeys } from '../../src/keys/index.ts';
import { type Comparison, compare, type Table } from '../comparison.ts';
import type { BenchInstallation } from '../installation.ts';
import { measureRounds, type Side } from '../rounds.ts';
import type { Scale } from '../scale.ts';
import { fieldSteps, loadKeys } from './field-steps.ts';

const SIZES = [16, 100, 500, 10_000, 100_000];
/** Framing, associated data and key look-up beside the bare cipher. */
const TARGET = 1.15;

const STEPS = [
	{ name: 'sealing', what: 'payload sealed' },
	{ name: 'opening', what: 'payload opened', target: TARGET },
	{ name: 'writing', what: 'string to stored value' },
	{ name: 'reading', what: 'stored value to string' },
] as const;

/** One field through the real envelope, with a key of the real keyring, against a loop of bare node:crypto. */
export async function measureField(
	{ config, database, firm }: BenchInstallation,
	{ field: milliseconds, fieldBatch }: Scale,
	signal: AbortSignal,
	onStep: () => void,
): Promise<Table> {
	const plane = openPlaneOf(database, 'firmseal_firm', 1);
	try {
		const dataKeys = createDataKeys({
			keyring: await openKeyring(config, 'firm'),
			store: createDataKeyStore(plane),
			aead: createNodeAead(),
			fields: createSchema().registry.fields,
			ttlSeconds: 3600,
			maxKeys: 10,
			// A loop has more uses than a key may have between two unwraps; it stays synchronous, as a page of rows does.
			maxUses: 2 ** 40,
			sealBlock: 2 ** 26,
		});
		await loadKeys(dataKeys, firm);
		const comparisons: Comparison[] = [];
		for (const size of SIZES) {
			const steps = fieldSteps(dataKeys, firm, uuidv7(), size);
			for (const { name, what, ...rest } of STEPS) {
				const { bare, firmseal } = steps[name];
				const times = await measureRounds(
					{ bare: timed(bare, fieldBatch), firmseal: timed(firmseal, fieldBatch) },
					{ milliseconds, signal },
				);
				comparisons.push(
					compare(`${renderSize(size)}, ${what}`, times, { base: 'bare', compared: 'firmseal', ...rest }),
				);
				onStep();
			}
		}
		return { title: 'One field', base: 'node:crypto', compared: 'Firmseal', comparisons };
	} finally {
		await plane.close();
	}
}

export const FIELD_STEPS = SIZES.length * STEPS.length;

/** As many runs a batch as take about `milliseconds`, found out, and warmed up, before the first round. */
function timed(step: () => unknown, milliseconds: number): Side {
	const run = (count: number) => {
		const start = performance.now();
		for (let done = 0; done < count; done++) step();
		return ((performance.now() - start) * 1000) / count;
	};
	run(1000);
	const count = Math.max(10, Math.round((milliseconds * 1000) / run(500)));
	run(count);
	return () => run(count);
}

const renderSize = (bytes: number): string => (bytes < 1000 ? `${bytes} B` : `${bytes / 1000} KB`);
