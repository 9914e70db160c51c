import { LEASE_HEADER } from '../../src/api/index.ts';
import { compare, type Latency } from '../comparison.ts';
import type { BenchInstallation, Settings } from '../installation.ts';
import { writeSealedDocuments } from '../list/load-documents.ts';
import { startServerProcess } from '../list/server-process.ts';
import { counted } from '../list/servers.ts';
import { type Load, type LoadClient, startLoadClient } from '../load/client.ts';
import { askOnce, bearer, bodyOf } from '../load/query.ts';
import { measureRounds, quantileOf, type TimedSide } from '../rounds.ts';
import { withRunningLog } from '../running-log.ts';
import type { Measured, Section, SectionContext } from '../section.ts';
import { openLease, registered } from './open-lease.ts';
import { measureRevoke } from './revoke.ts';

/** Documents of a page, and answers of one round. */
const PAGES = [
	{ documents: 1, requests: 20 },
	{ documents: 100, requests: 8 },
	{ documents: 1_000, requests: 2 },
] as const;
/** Answers of one round, of which each waits until the log is published. */
const PROVEN = 1;

/** What an operator reads under a lease, beside the same read by a member of the firm. */
export const leases: Section = {
	name: 'leases',
	title: 'Leases',
	needsPeers: true,
	steps: () => PAGES.length + 1,
	measure: measureLeases,
};

/** Who reads: a member; an operator whose log needn't be published first; and one whose log must be. */
const SIDES = ['member', 'unproven', 'proven'] as const;
type Side = (typeof SIDES)[number];
type Sides<T> = Readonly<Record<Side, T>>;
type Target = Pick<Load, 'url' | 'headers'>;

async function measureLeases(given: SectionContext): Promise<Measured> {
	const { installation, signal } = given;
	const { settings, ownerToken } = installation;
	await writeSealedDocuments(installation);
	const lease = await openLease(installation);
	const processes = SIDES.map((side) => startServerProcess('firmseal', { ...settings, ...SETTINGS[side] }));
	const client = startLoadClient(signal);
	try {
		const [member, unproven, proven] = (await Promise.all(processes)).map(({ url }) => url) as [string, string, string];
		const operator = { ...bearer(lease.operator), [LEASE_HEADER]: lease.id };
		const targets = {
			member: { url: member, headers: bearer(installation.token) },
			unproven: { url: unproven, headers: operator },
			proven: { url: proven, headers: operator },
		};
		return await withRunningLog(installation, async () => {
			for (const target of Object.values(targets)) await assertOpened(target, pageOf(installation, 1));
			const measured: ReturnType<typeof linesOf>[] = [];
			for (const page of PAGES) {
				measured.push(await measurePage(page, targets, { ...given, client }));
				given.onStep();
			}
			const owner = { ...targets.member, headers: bearer(ownerToken) };
			const revoke = await measureRevoke(lease.id, targets.member, owner, targets.unproven);
			given.onStep();
			return { tables: tablesOf(measured), facts: [revoke] };
		});
	} finally {
		await client.stop();
		for (const each of await Promise.allSettled(processes)) if (each.status === 'fulfilled') await each.value.stop();
	}
}

const SETTINGS: Sides<Settings> = {
	member: {},
	unproven: { FIRMSEAL_PLANE: 'operator', FIRMSEAL_OPERATOR_PROOF: 'off' },
	proven: { FIRMSEAL_PLANE: 'operator' },
};

const pageOf = ({ firm }: BenchInstallation, documents: number): string =>
	bodyOf(registered('document-descriptions'), { firmId: firm, first: documents });

async function measurePage(
	{ documents, requests }: (typeof PAGES)[number],
	targets: Sides<Target>,
	{ installation, scale, signal, client }: SectionContext & { readonly client: LoadClient },
) {
	const body = pageOf(installation, documents);
	const latencies: Sides<number[]> = { member: [], unproven: [], proven: [] };
	const sideOf =
		(name: Side, amount: number): TimedSide =>
		async () => {
			const answered = await client.run({ ...targets[name], body, connections: 1, requests: amount });
			latencies[name].push(...answered.latencies);
			return answered.microseconds;
		};
	const sides = {
		member: sideOf('member', requests),
		unproven: sideOf('unproven', requests),
		proven: sideOf('proven', PROVEN),
	};
	for (const each of Object.values(sides)) await each();
	const times = await measureRounds(sides, { milliseconds: scale.list / 2, signal });
	return linesOf(counted(documents, 'document'), times, latencies);
}

const tablesOf = (measured: readonly ReturnType<typeof linesOf>[]) => [
	{
		title: 'A read under a lease',
		base: 'member’s read',
		compared: 'under a lease',
		comparisons: measured.map(({ unproven }) => unproven),
	},
	{
		title: 'A read under a lease, which waits until the log is published',
		base: 'member’s read',
		compared: 'under a lease',
		comparisons: measured.map(({ proven }) => proven),
	},
];

function linesOf(what: string, times: Sides<readonly number[]>, latencies: Sides<readonly number[]>) {
	const latencyOf = (name: Side): Latency => ({
		p50: quantileOf(latencies[name], 0.5),
		p99: quantileOf(latencies[name], 0.99),
	});
	const line = (compared: 'unproven' | 'proven') => ({
		...compare(what, times, { base: 'member', compared }),
		latency: { base: latencyOf('member'), compared: latencyOf(compared) },
	});
	return { unproven: line('unproven'), proven: line('proven') };
}

/** A value that stays closed would be read fast. */
async function assertOpened({ url, headers }: Target, body: string): Promise<void> {
	const { data, extensions } = JSON.parse(await askOnce(url, headers, body));
	if (typeof data.documents.nodes[0]?.description !== 'string')
		throw new Error(`A document of the benchmark stayed closed: ${JSON.stringify(extensions)}`);
}
