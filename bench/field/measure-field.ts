import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { createSchema } from '../../src/api/index.ts';
import { deriveId } from '../../src/cli/demo/mail.ts';
import { openKeyring, openPlaneOf } from '../../src/compose.ts';
import { createDataKeyStore } from '../../src/database/index.ts';
import { createDataKeys } from '../../src/keys/index.ts';
import { openCloak } from '../cloak.ts';
import { type Comparison, compare, type Table } from '../comparison.ts';
import { measureRounds, type Side } from '../rounds.ts';
import type { Given, Section } from '../section.ts';
import { fieldSteps, loadKeys } from './field-steps.ts';
import { repeat, repeatAwaiting, timed } from './timed.ts';

const SIZES = [16, 100, 500, 10_000, 100_000];
/** Framing, associated data and key look-up beside the bare cipher. */
const TARGET = 1.15;
/** A third of the peer's time. */
const PEER_TARGET = 1 / 3;

const STEPS = [
	{ name: 'sealing', what: 'payload sealed' },
	{ name: 'opening', what: 'payload opened', target: TARGET },
	{ name: 'writing', what: 'string to stored value' },
	{ name: 'reading', what: 'stored value to string' },
] as const;

export const fields: Section = {
	name: 'fields',
	title: 'One field',
	steps: () => SIZES.length * STEPS.length,
	measure: async (given) => ({ tables: await measureField(given), facts: [] }),
};

/** One field through the real envelope, with a key of the real keyring, against a loop of bare node:crypto and against the peer. */
async function measureField({ installation, peers, scale, signal, onStep }: Given): Promise<Table[]> {
	const { config, database, firm } = installation;
	const { field: milliseconds, fieldBatch } = scale;
	const cloak = peers && (await openCloak());
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
		const besideBare: Comparison[] = [];
		const besideCloak: Comparison[] = [];
		for (const size of SIZES) {
			const steps = await fieldSteps(dataKeys, cloak, { firm, row: deriveId('bench', 0), size });
			for (const { name, what, ...rest } of STEPS) {
				const { bare, firmseal, cloak: peer } = steps[name];
				const sides: Record<string, Side> = {
					bare: await timed(repeat(bare), fieldBatch),
					firmseal: await timed(repeat(firmseal), fieldBatch),
				};
				if (peer) sides.cloak = await timed(repeatAwaiting(peer), fieldBatch);
				const times = await measureRounds(sides, { milliseconds, signal });
				const line = `${renderSize(size)}, ${what}`;
				besideBare.push(compare(line, times, { base: 'bare', compared: 'firmseal', ...rest }));
				if (peer) besideCloak.push(compare(line, times, { base: 'cloak', compared: 'firmseal', target: PEER_TARGET }));
				onStep();
			}
		}
		return [
			{ title: 'One field', base: 'node:crypto', compared: 'Firmseal', comparisons: besideBare },
			{ title: 'One field, with a peer', base: '@47ng/cloak', compared: 'Firmseal', comparisons: besideCloak },
		].filter(({ comparisons }) => comparisons.length > 0);
	} finally {
		await plane.close();
	}
}

const renderSize = (bytes: number): string => (bytes < 1000 ? `${bytes} B` : `${bytes / 1000} KB`);
