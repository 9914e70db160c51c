import { LEASE_HEADER } from '../../src/api/index.ts';
import { compare, type Latency } from '../comparison.ts';
import { writeSealedDocuments } from '../list/load-documents.ts';
import { startServerProcess } from '../list/server-process.ts';
import { counted } from '../list/servers.ts';
import { startLoadClient } from '../load/client.ts';
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

async function measureLeases(given: SectionContext): Promise<Measured> {
	const { installation, signal } = given;
	const { settings, token, ownerToken, firm } = installation;
	await writeSealedDocuments(installation);
	const lease = await openLease(installation);
	const operator = { ...bearer(lease.operator), [LEASE_HEADER]: lease.id };
	const settingsOf = {
		member: settings,
		unproven: { ...settings, FIRMSEAL_PLANE: 'operator', FIRMSEAL_OPERATOR_PROOF: 'off' },
		proven: { ...settings, FIRMSEAL_PLANE: 'operator' },
	};
	const names = ['member', 'unproven', 'proven'] as const;
	const processes = names.map((name) => startServerProcess('firmseal', settingsOf[name]));
	const client = startLoadClient(signal);
	try {
		const [member, unproven, proven] = (await Promise.all(processes)).map(({ url }) => url) as [string, string, string];
		const at = {
			member: { url: member, headers: bearer(token) },
			unproven: { url: unproven, headers: operator },
			proven: { url: proven, headers: operator },
		};
		return await withRunningLog(installation, async () => {
			const body = (documents: number) =>
				bodyOf(registered('document-descriptions'), { firmId: firm, first: documents });
			for (const { url, headers } of Object.values(at)) await assertOpened(url, headers, body(1));
			const measured: ReturnType<typeof linesOf>[] = [];
			for (const { documents, requests } of PAGES) {
				const latencies = { member: [] as number[], unproven: [] as number[], proven: [] as number[] };
				const side =
					(name: keyof typeof at, amount: number): TimedSide =>
					async () => {
						const answered = await client.run({ ...at[name], body: body(documents), connections: 1, requests: amount });
						latencies[name].push(...answered.latencies);
						return answered.microseconds;
					};
				const sides = {
					member: side('member', requests),
					unproven: side('unproven', requests),
					proven: side('proven', PROVEN),
				};
				for (const each of Object.values(sides)) await each();
				const times = await measureRounds(sides, { milliseconds: given.scale.list / 2, signal });
				measured.push(linesOf(counted(documents, 'document'), times, latencies));
				given.onStep();
			}
			const revoke = await measureRevoke(
				lease.id,
				at.member,
				{ ...at.member, headers: bearer(ownerToken) },
				at.unproven,
			);
			given.onStep();
			return {
				tables: [
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
				],
				facts: [revoke],
			};
		});
	} finally {
		await client.stop();
		for (const each of await Promise.allSettled(processes)) if (each.status === 'fulfilled') await each.value.stop();
	}
}

type Sides<T> = Readonly<Record<'member' | 'unproven' | 'proven', T>>;

function linesOf(what: string, times: Sides<readonly number[]>, latencies: Sides<readonly number[]>) {
	const latencyOf = (name: keyof typeof latencies): Latency => ({
		p50: quantileOf(latencies[name], 0.5),
		p99: quantileOf(latencies[name], 0.99),
	});
	const line = (compared: 'unproven' | 'proven') => ({
		...compare(what, times, { base: 'member', compared }),
		latency: { base: latencyOf('member'), compared: latencyOf(compared) },
	});
	return { unproven: line('unproven'), proven: line('proven') };
}

/** What stays closed would be fast. */
async function assertOpened(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<void> {
	const { data, extensions } = JSON.parse(await askOnce(url, headers, body));
	if (typeof data.documents.nodes[0]?.description !== 'string')
		throw new Error(`A document of the benchmark stayed closed: ${JSON.stringify(extensions)}`);
}
