import { deriveId } from '../../examples/demo/mail.ts';
import { openPlaneOf } from '../../src/wiring/index.ts';
import { openDataKeys } from '../data/data-keys.ts';
import { type Comparison, compare, type Table, tableOf } from '../harness/comparison.ts';
import { measureRounds, type TimedSide } from '../harness/rounds.ts';
import type { Section, SectionContext } from '../harness/section.ts';
import { openFieldPeers } from '../peers/field-peers.ts';
import { batched, repeat, repeatAwaiting } from './batched.ts';
import { fieldSteps, loadKeys, type Sides } from './field-steps.ts';
import { opensslSpeed, opensslVersion } from './openssl-speed.ts';

const SIZES = [16, 100, 500, 10_000, 100_000];
/** Sizes for peers, some of which take a hundred times as long. */
const PEER_SIZES = [100, 500, 10_000];
/** Framing, associated data and key look-up, compared with the cipher alone. */
const TARGET = 1.15;
/** A third of the time of the peer that the section on lists measures too. */
const PEER_TARGETS: Readonly<Record<string, number>> = { '@47ng/cloak': 1 / 3 };

const STEPS = [
	{ name: 'sealing', what: 'payload sealed', openssl: 'encrypt', target: null },
	{ name: 'opening', what: 'payload opened', openssl: 'decrypt', target: TARGET },
	{ name: 'writing', what: 'string to stored value', openssl: null, target: null },
	{ name: 'reading', what: 'stored value to string', openssl: null, target: null },
] as const;

export const fields: Section = {
	name: 'fields',
	title: 'One field',
	steps: () => SIZES.length * STEPS.length,
	measure: async (context) => ({ tables: await measureField(context), facts: [] }),
};

/** One field with a key of the installation's keyring, compared with node:crypto alone, OpenSSL without Node, and peers. */
async function measureField(context: SectionContext): Promise<Table[]> {
	const { installation, peers, onStep } = context;
	const { config, database, firm } = installation;
	const fieldPeers = peers ? await openFieldPeers() : [];
	const hasOpenssl = opensslVersion() !== null;
	if (!hasOpenssl) process.stderr.write('There is no openssl program to compare with.\n');
	await using open = new AsyncDisposableStack();
	const plane = open.adopt(openPlaneOf(database, 'firmseal_firm', 1), (each) => each.close());
	// A loop uses a key more often than the default allows, and stays synchronous, as a page of rows does.
	const dataKeys = await openDataKeys(config, plane, { maxUses: 2 ** 40, sealBlock: 2 ** 26 });
	await loadKeys(dataKeys, firm);
	const withCrypto: Comparison[] = [];
	const withOpenssl: Comparison[] = [];
	const withPeers: Comparison[] = [];
	for (const size of SIZES) {
		const compared = PEER_SIZES.includes(size) ? fieldPeers : [];
		const steps = await fieldSteps(dataKeys, compared, { firm, row: deriveId('bench', 0), size });
		for (const { name, what, openssl, target } of STEPS) {
			const line = `${size < 1000 ? `${size} B` : `${size / 1000} KB`}, ${what}`;
			const times = await measureSides(steps[name], context);
			withCrypto.push(compare(line, times, { base: 'bare', compared: 'firmseal', target }));
			if (hasOpenssl && openssl !== null) {
				// OpenSSL measures for a second in a process of its own, so it cannot take turns with the others.
				const speed = opensslSpeed(size, openssl);
				const both = { firmseal: times.firmseal ?? [], openssl: (times.firmseal ?? []).map(() => speed) };
				withOpenssl.push(compare(line, both, { base: 'openssl', compared: 'firmseal' }));
			}
			for (const peer of Object.keys(steps[name].peers)) {
				const options = { base: peer, compared: 'firmseal', target: PEER_TARGETS[peer] };
				withPeers.push(compare(`${peer}: ${line}`, times, options));
			}
			onStep();
		}
	}
	const peerOf = ({ what }: Comparison) => what.split(':')[0] ?? '';
	const byPeer = withPeers.toSorted((a, b) => (peerOf(a) === peerOf(b) ? 0 : peerOf(a) < peerOf(b) ? -1 : 1));
	return [
		tableOf('One field', 'node:crypto', 'Firmseal', withCrypto),
		tableOf('One field, with OpenSSL itself', 'openssl speed', 'Firmseal', withOpenssl),
		tableOf('One field, with peers', 'the peer', 'Firmseal', byPeer),
	].filter(({ comparisons }) => comparisons.length > 0);
}

async function measureSides(
	{ bare, firmseal, peers }: Sides,
	{ scale, signal }: SectionContext,
): Promise<Readonly<Record<string, readonly number[]>>> {
	const sides: Record<string, TimedSide> = {
		bare: await batched(repeat(bare), scale.fieldBatch),
		firmseal: await batched(repeat(firmseal), scale.fieldBatch),
	};
	for (const [peer, step] of Object.entries(peers)) {
		const loop = step() instanceof Promise ? repeatAwaiting(step) : repeat(step);
		sides[peer] = await batched(loop, scale.fieldBatch);
	}
	return measureRounds(sides, { milliseconds: scale.field, signal });
}
