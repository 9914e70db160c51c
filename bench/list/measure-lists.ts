import { type Comparison, compare, type Table } from '../comparison.ts';
import type { BenchInstallation } from '../installation.ts';
import { measureRounds, type Side } from '../rounds.ts';
import type { Scale } from '../scale.ts';
import { type Client, openClient } from './client.ts';
import { loadNotes, NOTES } from './load-notes.ts';
import { startServerProcess } from './server-process.ts';

const SERVERS = ['plain', 'firmseal', 'unrecorded'] as const;
type Server = (typeof SERVERS)[number];
type Clients = Readonly<Record<Server, Client>>;

/** One page size and load. A round asks each server `requests` times, over as many connections as say so. */
interface Load {
	readonly notes: number;
	readonly connections: number;
	readonly requests: number;
	/** The most that encrypted may take relative to plain, and recorded relative to unrecorded. */
	readonly encrypted?: number;
	readonly recorded?: number;
}

const LOADS: readonly Load[] = [
	{ notes: 1, connections: 1, requests: 20, encrypted: 1.1 },
	{ notes: 100, connections: 1, requests: 6, encrypted: 1.9 },
	{ notes: 1_000, connections: 1, requests: 1, encrypted: 2.0 },
	// Targets of throughput, 0.75 and 0.95, as times.
	{ notes: 1, connections: 8, requests: 96, recorded: 1 / 0.75 },
	{ notes: 1, connections: 64, requests: 192, recorded: 1 / 0.95 },
];

export const LOAD_STEPS = LOADS.length;

/** Lists of notes over HTTP, from the production server and from the two that differ from it in one part. */
export async function measureLists(
	installation: BenchInstallation,
	scale: Scale,
	signal: AbortSignal,
	onLoad: () => void,
): Promise<Table[]> {
	const plainSettings = await loadNotes(installation);
	const settingsOf = (server: Server) => (server === 'plain' ? plainSettings : installation.settings);
	const processes = SERVERS.map((server) => startServerProcess(server, settingsOf(server)));
	const clients: Client[] = [];
	try {
		for (const { url } of await Promise.all(processes)) clients.push(openClient(url, installation.token));
		const byServer = Object.fromEntries(SERVERS.map((server, index) => [server, clients[index]])) as Record<
			Server,
			Client
		>;
		await assertSameAnswers(byServer);
		return await measureLoads(byServer, scale, signal, onLoad);
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
	{ list: milliseconds, warmUp }: Scale,
	signal: AbortSignal,
	onLoad: () => void,
): Promise<Table[]> {
	const encrypted: Comparison[] = [];
	const recorded: Comparison[] = [];
	for (const load of LOADS) {
		const sides = Object.fromEntries(SERVERS.map((server) => [server, ask(clients[server], load)])) as Record<
			Server,
			Side
		>;
		for (const server of SERVERS) await warm(sides[server], warmUp, signal);
		const what = `${load.notes} note${load.notes > 1 ? 's' : ''}, ${load.connections} connection${load.connections > 1 ? 's' : ''}`;
		const times = await measureRounds(sides, { milliseconds, signal });
		encrypted.push(compare(what, times, { base: 'plain', compared: 'firmseal', target: load.encrypted ?? null }));
		recorded.push(compare(what, times, { base: 'unrecorded', compared: 'firmseal', target: load.recorded ?? null }));
		onLoad();
	}
	return [
		{ title: 'A list: what encryption costs', base: 'plain columns', compared: 'Firmseal', comparisons: encrypted },
		{ title: 'A list: the share of the audit log', base: 'unrecorded', compared: 'Firmseal', comparisons: recorded },
	];
}

/** Time per answer: of `requests` answers, at most `connections` of them waited for at once. */
function ask(client: Client, { notes, connections, requests }: Load): Side {
	return async () => {
		let left = requests;
		const start = performance.now();
		const one = async () => {
			while (left-- > 0) await client.list(notes);
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
async function assertSameAnswers(clients: Clients): Promise<void> {
	const plain = await clients.plain.list(NOTES);
	const { data } = JSON.parse(plain.toString());
	if (data?.notes.nodes.length !== NOTES) throw new Error('The plain server does not answer every note.');
	for (const client of [clients.firmseal, clients.unrecorded]) {
		if (!plain.equals(await client.list(NOTES))) throw new Error('The servers do not answer the same notes.');
	}
}
