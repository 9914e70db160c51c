import { deriveId } from '../../examples/demo/mail.ts';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { createSchema } from '../../src/api/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { createDataKeyStore, type Plane } from '../../src/database/index.ts';
import { createDataKeys } from '../../src/keys/index.ts';
import { openKeyring, openPlaneOf } from '../../src/wiring/index.ts';
import { type Comparison, compare, type Table } from '../comparison.ts';
import type { BenchInstallation } from '../installation.ts';
import { measureRounds, type TimedSide } from '../rounds.ts';
import type { Section, SectionContext } from '../section.ts';
import { fieldSteps, loadKeys, type Sides } from './field-steps.ts';
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
async function measureField(given: SectionContext): Promise<Table[]> {
	const { installation, peers, onStep } = given;
	const fieldPeers = peers ? await openFieldPeers() : [];
	const openssl = opensslVersion();
	if (openssl === null) process.stderr.write('No openssl program was found, so its speed is not compared.\n');
	const plane = openPlaneOf(installation.database, 'firmseal_firm', 1);
	try {
		const dataKeys = await openDataKeys(installation, plane);
		const lines: Lines[] = [];
		for (const size of SIZES) {
			const compared = PEER_SIZES.includes(size) ? fieldPeers : [];
			const steps = await fieldSteps(dataKeys, compared, { firm: installation.firm, row: deriveId('bench', 0), size });
			for (const step of STEPS) {
				const times = await measureSides(steps[step.name], given);
				const peerNames = Object.keys(steps[step.name].peers);
				lines.push(linesOf(step, times, { size, hasOpenssl: openssl !== null, peerNames }));
				onStep();
			}
		}
		return tablesOf(lines);
	} finally {
		await plane.close();
	}
}

async function openDataKeys({ config, firm }: BenchInstallation, plane: Plane) {
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
	return dataKeys;
}

type Times = Readonly<Record<string, readonly number[]>>;

async function measureSides({ bare, firmseal, peers }: Sides, { scale, signal }: SectionContext): Promise<Times> {
	const sides: Record<string, TimedSide> = {
		bare: await timed(repeat(bare), scale.fieldBatch),
		firmseal: await timed(repeat(firmseal), scale.fieldBatch),
	};
	for (const [peer, step] of Object.entries(peers)) {
		const loop = step() instanceof Promise ? repeatAwaiting(step) : repeat(step);
		sides[peer] = await timed(loop, scale.fieldBatch);
	}
	return measureRounds(sides, { milliseconds: scale.field, signal });
}

/** What one step of one size has come to. */
interface Lines {
	readonly bare: Comparison;
	/** Empty where OpenSSL isn't compared. */
	readonly openssl: readonly Comparison[];
	readonly peers: readonly Comparison[];
}

function linesOf(
	{ what, openssl: way, ...step }: (typeof STEPS)[number],
	times: Times,
	{
		size,
		hasOpenssl,
		peerNames,
	}: { readonly size: number; readonly hasOpenssl: boolean; readonly peerNames: string[] },
): Lines {
	const line = `${renderSize(size)}, ${what}`;
	const target = 'target' in step ? { target: step.target } : {};
	return {
		bare: compare(line, times, { base: 'bare', compared: 'firmseal', ...target }),
		openssl: hasOpenssl && way !== null ? [besideOpenssl(line, times, opensslSpeed(size, way))] : [],
		peers: peerNames.map((peer) =>
			compare(`${peer}: ${line}`, times, {
				base: peer,
				compared: 'firmseal',
				target: PEER_TARGETS[peer] ?? null,
			}),
		),
	};
}

/** It cannot take turns with the others: it has a process of its own, which measures for a second. */
function besideOpenssl(line: string, times: Times, speed: number): Comparison {
	const both = { ...times, openssl: (times.firmseal ?? []).map(() => speed) };
	return compare<string>(line, both, { base: 'openssl', compared: 'firmseal' });
}

const tablesOf = (lines: readonly Lines[]): Table[] =>
	[
		{ title: 'One field', base: 'node:crypto', compared: 'Firmseal', comparisons: lines.map(({ bare }) => bare) },
		{
			title: 'One field, with OpenSSL itself',
			base: `openssl speed`,
			compared: 'Firmseal',
			comparisons: lines.flatMap(({ openssl }) => openssl),
		},
		{
			title: 'One field, with peers',
			base: 'the peer',
			compared: 'Firmseal',
			comparisons: lines.flatMap(({ peers }) => peers).sort(byPeer),
		},
	].filter(({ comparisons }) => comparisons.length > 0);

/** Lines of one peer together, in the order in which they were measured. */
const byPeer = ({ what: a }: Comparison, { what: b }: Comparison): number =>
	peerOf(a) === peerOf(b) ? 0 : peerOf(a) < peerOf(b) ? -1 : 1;

const peerOf = (what: string): string => what.split(':')[0] ?? '';

const renderSize = (bytes: number): string => (bytes < 1000 ? `${bytes} B` : `${bytes / 1000} KB`);
