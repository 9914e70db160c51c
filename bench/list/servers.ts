import { openCloak } from '../cloak.ts';
import { compare, type Latency, type Table } from '../comparison.ts';
import { type LoadClient, startLoadClient } from '../load/client.ts';
import { bearer } from '../load/query.ts';
import { measureRounds, quantileOf, type TimedSide, type Times } from '../rounds.ts';
import type { SectionContext } from '../section.ts';
import { loadDocuments } from './load-documents.ts';
import { startServerProcess } from './server-process.ts';

const NAMES = {
	plain: 'plain columns',
	cloak: '@47ng/cloak',
	unrecorded: 'unrecorded',
	firmseal: 'Firmseal',
} as const;

export type Server = keyof typeof NAMES;

/** URLs of the servers that are compared, each a process of its own. */
export type Servers = Readonly<Record<Server, string>>;

/** What all of them are asked. A round asks each for `requests` answers. */
export interface ServerLoad {
	readonly what: string;
	readonly body: string;
	readonly connections: number;
	readonly requests: number;
	/** The most that is aimed at, relative to each of the others. */
	readonly targets: Readonly<Partial<Record<Server, number>>>;
}

interface Compared {
	readonly title: string;
	readonly base: Server;
	readonly compared: Server;
}

/** What is set beside what, of a list or of a write. */
export const comparedAs = (what: string, does: 'opens' | 'seals'): readonly Compared[] => [
	{ title: `${what}: what encryption and the log cost`, base: 'plain', compared: 'firmseal' },
	{ title: `${what}: what encryption alone costs`, base: 'plain', compared: 'unrecorded' },
	{ title: `${what}, with a peer that ${does} each field`, base: 'cloak', compared: 'firmseal' },
	{ title: `${what}: the share of the audit log`, base: 'unrecorded', compared: 'firmseal' },
];

/** Starts all servers on the same documents, and stops them when `work` is done. */
export async function withServers<T>(
	{ installation, signal }: SectionContext,
	work: (servers: Servers, client: LoadClient) => Promise<T>,
): Promise<T> {
	const { settings } = installation;
	const settingsOf = {
		...(await loadDocuments(installation, await openCloak())),
		firmseal: settings,
		unrecorded: settings,
	};
	const names = Object.keys(NAMES) as Server[];
	const processes = names.map((name) => startServerProcess(name, settingsOf[name]));
	const client = startLoadClient(signal);
	try {
		const started = await Promise.all(processes);
		return await work(Object.fromEntries(names.map((name, at) => [name, started[at]?.url])) as Servers, client);
	} finally {
		await client.stop();
		// Also those whose sibling did not start.
		for (const each of await Promise.allSettled(processes)) if (each.status === 'fulfilled') await each.value.stop();
	}
}

/** Each load in rounds, and a table of each comparison with a line for each load. */
export async function measureLoads(
	servers: Servers,
	client: LoadClient,
	loads: readonly ServerLoad[],
	comparisons: readonly Compared[],
	{ installation: { token }, scale: { list: milliseconds, warmUp }, signal, onStep }: SectionContext,
): Promise<Table[]> {
	const measured: { load: ServerLoad; times: Times<Server>; latency: Readonly<Record<Server, Latency>> }[] = [];
	for (const load of loads) {
		const latencies: Record<Server, number[]> = { plain: [], cloak: [], unrecorded: [], firmseal: [] };
		const side =
			(server: Server): TimedSide =>
			async () => {
				const answered = await client.run({ ...load, url: servers[server], headers: bearer(token) });
				latencies[server].push(...answered.latencies);
				return answered.microseconds;
			};
		const names = Object.keys(latencies) as Server[];
		const sides = Object.fromEntries(names.map((server) => [server, side(server)])) as Record<Server, TimedSide>;
		for (const each of Object.values(sides)) await warm(each, warmUp, signal);
		for (const server of names) latencies[server] = [];
		const times = await measureRounds(sides, { milliseconds, signal });
		const latency = Object.fromEntries(
			names.map((server) => [
				server,
				{ p50: quantileOf(latencies[server], 0.5), p99: quantileOf(latencies[server], 0.99) },
			]),
		) as Record<Server, Latency>;
		measured.push({ load, times, latency });
		onStep();
	}
	return comparisons.map(({ title, base, compared }) => ({
		title,
		base: NAMES[base],
		compared: NAMES[compared],
		comparisons: measured.map(({ load, times, latency }) => ({
			...compare(load.what, times, { base, compared, target: load.targets[base] ?? null }),
			latency: { base: latency[base], compared: latency[compared] },
		})),
	}));
}

async function warm(side: TimedSide, milliseconds: number, signal: AbortSignal): Promise<void> {
	const end = performance.now() + milliseconds;
	do {
		signal.throwIfAborted();
		await side();
	} while (performance.now() < end);
}

export const counted = (count: number, noun: string): string =>
	`${count.toLocaleString('en-US')} ${noun}${count > 1 ? 's' : ''}`;
