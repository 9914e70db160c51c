import { copyDatabase, nameOfDatabase, onDatabase } from '../data/copies.ts';
import { compareAnswers, measureAnswers, startClient } from '../harness/client.ts';
import { type Table, tableOf } from '../harness/comparison.ts';
import type { SectionContext } from '../harness/section.ts';
import { counted } from '../list/measure-servers.ts';
import { WRITE } from '../list/measure-writes.ts';
import { startServers } from '../servers/start-servers.ts';

const SILENT = 'silent';
const LOADS = [
	{ connections: 1, requests: 40 },
	{ connections: 8, requests: 160 },
];

/** What it costs a write that pages are told of it: the same server, with and without the triggers that write events. */
export async function measureAnnouncing({ installation, scale, signal }: SectionContext): Promise<Table> {
	const { settings, adminUrl, headers } = installation;
	await copyDatabase(adminUrl, nameOfDatabase(adminUrl), SILENT, async (sql) => {
		const triggers = await sql<{ table: string; name: string }[]>`
			select tgrelid::regclass::text as table, tgname as name from pg_trigger where tgname like 'announce%'`;
		if (triggers.length === 0)
			throw new Error('No trigger writes events: the benchmark would compare a server with itself.');
		for (const { table, name } of triggers) await sql.unsafe(`alter table ${table} disable trigger ${name}`);
	});
	await using open = new AsyncDisposableStack();
	const client = open.use(startClient(signal));
	const urls = await startServers(open, { silent: onDatabase(settings, SILENT), telling: settings });
	const lines = [];
	for (const load of LOADS) {
		const of = (url: string) => ({ ...load, url, headers, body: WRITE });
		const options = { warmUp: scale.warmUp, milliseconds: scale.list, signal };
		const answers = await measureAnswers(client, { silent: of(urls.silent), telling: of(urls.telling) }, options);
		const what = `a note of 1 KB, ${counted(load.connections, 'connection')}`;
		lines.push(compareAnswers(what, answers, { base: 'silent', compared: 'telling' }));
	}
	return tableOf('A write: what the events cost', 'without events', 'Firmseal', lines);
}
