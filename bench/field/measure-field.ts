import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { createSchema } from '../../src/api/index.ts';
import { deriveId } from '../../src/cli/demo/mail.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { createDataKeyStore } from '../../src/database/index.ts';
import { createDataKeys } from '../../src/keys/index.ts';
import { openKeyring, openPlaneOf } from '../../src/wiring/compose.ts';
import { type Comparison, compare, type Table } from '../comparison.ts';
import { measureRounds, type TimedSide } from '../rounds.ts';
import type { Section, SectionContext } from '../section.ts';
import { fieldSteps, loadKeys } from './field-steps.ts';
import { opensslSpeed, opensslVersion } from './openssl-speed.ts';
import { openFieldPeers } from './peers/index.ts';
import { repeat, repeatAwaiting, timed } from './timed.ts';

const SIZES = [16, 100, 500, 10_000, 100_000];
/** What is measured with peers, of which some take a hundred times as long. */
const PEER_SIZES = [100, 500, 10_000];
/** Framing, associated data and key look-up beside the bare cipher. */
const TARGET = 1.15;
/** A third of the time of the peer that is measured in lists too. */
const PEER_TARGETS: Readonly<Record<string, number>> = { '@47ng/cloak': 1 / 3 };

const STEPS = [
	{ name: 'sealing', what: 'payload sealed', openssl: 'encrypt' },
	{ name: 'opening', what: 'payload opened', openssl: 'decrypt', target: TARGET },
	{ name: 'writing', what: 'string to stored value', openssl: null },
	{ name: 'reading', what: 'stored value to string', openssl: null },
] as const;

export const fields: Section = {
	name: 'fields',
	title: 'One field',
	steps: () => SIZES.length * STEPS.length,
	measure: async (given) => ({ tables: await measureField(given), facts: [] }),
};

/** One field through the real envelope, with a key of the real keyring, against a loop of bare node:crypto, OpenSSL itself and peers. */
async function measureField({ installation, peers, scale, signal, onStep }: SectionContext): Promise<Table[]> {
	const { config, database, firm } = installation;
	const { field: milliseconds, fieldBatch } = scale;
	const fieldPeers = peers ? await openFieldPeers() : [];
	const openssl = opensslVersion();
	if (openssl === null) process.stderr.write('No openssl program was found, so its speed is not compared.\n');
	const plane = openPlaneOf(database, 'firmseal_firm', 1);
	try {
		const dataKeys = createDataKeys({
			keyring: await openKeyring(config, 'firm'),
			store: createDataKeyStore(plane),
			aead: createNodeAead(),
			fields: createSchema().registry.fields,
			ttlSeconds: 3600,
			maxKeys: 10,
			clock: systemClock,
			// A loop has more uses than a key may have between two unwraps; it stays synchronous, as a page of rows does.
			maxUses: 2 ** 40,
			sealBlock: 2 ** 26,
		});
		await loadKeys(dataKeys, firm);
		const besideBare: Comparison[] = [];
		const besideOpenssl: Comparison[] = [];
		const besidePeers: Comparison[] = [];
		for (const size of SIZES) {
			const compared = PEER_SIZES.includes(size) ? fieldPeers : [];
			const steps = await fieldSteps(dataKeys, compared, { firm, row: deriveId('bench', 0), size });
			for (const { name, what, openssl: way, ...rest } of STEPS) {
				const { bare, firmseal, peers: theirs } = steps[name];
				const sides: Record<string, TimedSide> = {
					bare: await timed(repeat(bare), fieldBatch),
					firmseal: await timed(repeat(firmseal), fieldBatch),
				};
				for (const [peer, step] of Object.entries(theirs)) {
					const loop = step() instanceof Promise ? repeatAwaiting(step) : repeat(step);
					sides[peer] = await timed(loop, fieldBatch);
				}
				const times: Readonly<Record<string, readonly number[]>> = await measureRounds(sides, { milliseconds, signal });
				const line = `${renderSize(size)}, ${what}`;
				besideBare.push(compare(line, times, { base: 'bare', compared: 'firmseal', ...rest }));
				if (openssl !== null && way !== null) {
					// It cannot take turns: it has a process of its own, which measures for a second.
					const speed = opensslSpeed(size, way);
					const both = { ...times, openssl: (times.firmseal ?? []).map(() => speed) };
					besideOpenssl.push(compare<string>(line, both, { base: 'openssl', compared: 'firmseal' }));
				}
				for (const peer of Object.keys(theirs)) {
					const target = PEER_TARGETS[peer] ?? null;
					besidePeers.push(compare(`${peer}: ${line}`, times, { base: peer, compared: 'firmseal', target }));
				}
				onStep();
			}
		}
		return [
			{ title: 'One field', base: 'node:crypto', compared: 'Firmseal', comparisons: besideBare },
			{
				title: 'One field, with OpenSSL itself',
				base: `openssl speed`,
				compared: 'Firmseal',
				comparisons: besideOpenssl,
			},
			{ title: 'One field, with peers', base: 'the peer', compared: 'Firmseal', comparisons: besidePeers.sort(byPeer) },
		].filter(({ comparisons }) => comparisons.length > 0);
	} finally {
		await plane.close();
	}
}

/** Lines of one peer together, in the order in which they were measured. */
const byPeer = ({ what: a }: Comparison, { what: b }: Comparison): number =>
	peerOf(a) === peerOf(b) ? 0 : peerOf(a) < peerOf(b) ? -1 : 1;

const peerOf = (what: string): string => what.split(':')[0] ?? '';

const renderSize = (bytes: number): string => (bytes < 1000 ? `${bytes} B` : `${bytes / 1000} KB`);
