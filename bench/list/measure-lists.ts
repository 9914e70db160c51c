import { openCloak } from '../cloak.ts';
import { compare, type Table } from '../comparison.ts';
import { measureRounds, type Side, type Times } from '../rounds.ts';
import type { Given, Section } from '../section.ts';
import { type Client, openClient } from './client.ts';
import { DOCUMENTS, loadDocuments } from './load-documents.ts';
import { startServerProcess } from './server-process.ts';

type Server = 'plain' | 'cloak' | 'unrecorded' | 'firmseal';
/** Those of the servers that there are: without the peer, one fewer. */
type Clients = Readonly<Record<Server, Client>>;

/** One page size and load. A round asks each server `requests` times, over as many connections as say so. */
interface Load {
	readonly documents: number;
	readonly connections: number;
	readonly requests: number;
	/** The most that Firmseal may take, relative to each of the others. */
	readonly targets: Readonly<Partial<Record<Server, number>>>;
}

const LOADS: readonly Load[] = [
	{ documents: 1, connections: 1, requests: 20, targets: { plain: 1.1 } },
	{ documents: 10, connections: 1, requests: 12, targets: { plain: 1.7 } },
	{ documents: 100, connections: 1, requests: 6, targets: { plain: 1.9, cloak: 1 / 3 } },
	{ documents: 1_000, connections: 1, requests: 1, targets: { plain: 2.0, cloak: 1 / 3 } },
	// Targets of throughput, 0.75 and 0.95, as times.
	{ documents: 1, connections: 8, requests: 96, targets: { unrecorded: 1 / 0.75 } },
	{ documents: 1, connections: 64, requests: 192, targets: { unrecorded: 1 / 0.95 } },
];

export const lists: Section = {
	name: 'lists',
	title: 'Lists',
	steps: () => LOADS.length,
	measure: async (given) => ({ tables: await measureLists(given), facts: [] }),
};

const TABLES = [
	{ title: 'A list: what encryption costs', base: 'plain', named: 'plain columns' },
	{ title: 'A list, with a peer that opens each field', base: 'cloak', named: '@47ng/cloak' },
	{ title: 'A list: the share of the audit log', base: 'unrecorded', named: 'unrecorded' },
] as const;

/** Lists of documents over HTTP, from the production server and from those that differ from it in one part. */
async function measureLists(given: Given): Promise<Table[]> {
	const { installation, peers } = given;
	const { settings, token } = installation;
	const cloak = peers && (await openCloak());
	const settingsOf = { ...(await loadDocuments(installation, cloak)), firmseal: settings, unrecorded: settings };
	const servers = Object.keys(settingsOf) as Server[];
	const processes = servers.map((server) => startServerProcess(server, settingsOf[server] ?? settings));
	const clients: Client[] = [];
	try {
		for (const { url } of await Promise.all(processes)) clients.push(openClient(url, token));
		const byServer = Object.fromEntries(servers.map((server, index) => [server, clients[index]])) as Clients;
		await assertSameAnswers(clients);
		return await measureLoads(byServer, given);
	} finally {
		for (const client of clients) client.close();
		// Also those whose sibling did not start.
		for (const started of await Promise.allSettled(processes)) {
			if (started.status === 'fulfilled') await started.value.stop();
		}
	}
}

async function measureLoads(
	clients: Clients,
	{ scale: { list: milliseconds, warmUp }, signal, onStep }: Given,
): Promise<Table[]> {
	const measured: { readonly load: Load; readonly times: Times<Server> }[] = [];
	for (const load of LOADS) {
		const sides = Object.fromEntries(
			Object.entries(clients).map(([server, client]) => [server, ask(client, load)]),
		) as Record<Server, Side>;
		for (const side of Object.values(sides)) await warm(side, warmUp, signal);
		measured.push({ load, times: await measureRounds(sides, { milliseconds, signal }) });
		onStep();
	}
	return TABLES.filter(({ base }) => Object.hasOwn(clients, base)).map(({ title, base, named }) => ({
		title,
		base: named,
		compared: 'Firmseal',
		comparisons: measured.map(({ load, times }) =>
			compare(describe(load), times, { base, compared: 'firmseal', target: load.targets[base] ?? null }),
		),
	}));
}

const describe = ({ documents, connections }: Load): string =>
	`${counted(documents, 'document')}, ${counted(connections, 'connection')}`;

const counted = (count: number, noun: string): string => `${count} ${noun}${count > 1 ? 's' : ''}`;

/** Time per answer: of `requests` answers, at most `connections` of them waited for at once. */
function ask(client: Client, { documents, connections, requests }: Load): Side {
	return async () => {
		let left = requests;
		const start = performance.now();
		const one = async () => {
			while (left-- > 0) await client.list(documents);
		};
		await Promise.all(Array.from({ length: connections }, one));
		return ((performance.now() - start) * 1000) / requests;
	};
}

async function warm(side: Side, milliseconds: number, signal: AbortSignal): Promise<void> {
	const end = performance.now() + milliseconds;
	do {
		signal.throwIfAborted();
		await side();
	} while (performance.now() < end);
}

/** Servers that answer differently are not to be compared. */
async function assertSameAnswers(clients: readonly Client[]): Promise<void> {
	const answers = await Promise.all(clients.map((client) => client.list(DOCUMENTS)));
	const [first] = answers;
	const nodes: readonly object[] = JSON.parse(String(first)).data?.documents.nodes ?? [];
	const isWhole = nodes.length === DOCUMENTS && nodes.every((node) => !Object.values(node).includes(null));
	if (!isWhole) throw new Error('A server does not answer every field of every document.');
	if (!answers.every((answer) => first?.equals(answer))) throw new Error('The servers do not answer the same.');
}
