import { setTimeout as delay } from 'node:timers/promises';
import type postgres from 'postgres';
import { asAdministrator } from '../data/installation.ts';
import type { Crowd } from '../harness/ask.ts';
import type { Client } from '../harness/client.ts';
import { type Facts, fact } from '../harness/facts.ts';
import { openDatabaseTime, statOf } from '../harness/processor-time.ts';
import type { SectionContext } from '../harness/section.ts';
import { WRITE } from '../list/measure-writes.ts';
import type { Running } from '../servers/start-servers.ts';
import { countOf, pageOf, secondsOf } from './pages.ts';
import { readServerMetrics } from './server-metrics.ts';
import { UNIT_COSTS, UNIT_LINES, UNIT_NAMES, type UnitCosts } from './unit-table.ts';

/** Notes of the larger page. */
const LARGE = 51;
/** Milliseconds for the worker to make leaves of all entries. */
const TIMEOUT = 60_000;

/** What docs/how-to/scale.md calculates with: processor time of the server, of PostgreSQL and of the worker for a page, a value and a write. */
export async function measureUnitCosts(
	{ installation, scale, signal }: SectionContext,
	client: Client,
	{ url, worker, people }: Running & Pick<Crowd, 'people'>,
): Promise<Facts> {
	const { settings, adminUrl } = installation;
	return asAdministrator(adminUrl, async (sql) => {
		const databaseTime = await openDatabaseTime(sql);
		if (!databaseTime) throw new Error('Unit costs need /proc, which has the processor time of other processes.');
		const workerTime = () => statOf(worker)?.seconds ?? Number.NaN;
		const sample = async () => ({
			server: (await readServerMetrics(url)).sum('process_cpu_seconds_total'),
			database: databaseTime(),
			entries: await countEntries(sql),
		});
		/** Per answer: processor seconds, and entries of the log. */
		const costOf = async (body: string) => {
			signal.throwIfAborted();
			const start = await sample();
			const crowd = { url, bodies: [body], people, connections: 16, length: secondsOf(scale.wide) };
			const answers = countOf(await client.call('ask', crowd), 200);
			const end = await sample();
			return {
				server: (end.server - start.server) / answers,
				database: (end.database - start.database) / answers,
				entries: (end.entries - start.entries) / answers,
			};
		};
		const before = { worker: workerTime(), entries: await countEntries(sql) };
		const one = await costOf(pageOf(1));
		const large = await costOf(pageOf(LARGE));
		const write = await costOf(WRITE);
		// Only one server signs in with this login.
		const login = new URL(settings.DATABASE_URL ?? '').username;
		const connections = await numberOf(
			sql`select count(*)::int as value from pg_stat_activity where usename = ${login}`,
		);
		await untilLeaves(sql, signal);
		const entries = await countEntries(sql);
		const logBytes = await numberOf(sql`
			select sum(pg_total_relation_size(oid))::float8 as value from pg_class
			where relkind = 'r' and relnamespace = 'public'::regnamespace and relname like 'audit_%'`);
		await sql`vacuum analyze notes`;
		const noteBytes = await numberOf(
			sql`select pg_total_relation_size('notes')::float8 / count(*) as value from notes`,
		);
		const costs: UnitCosts = {
			pageServer: one.server * 1e6,
			pageDatabase: one.database * 1e6,
			valueServer: ((large.server - one.server) / (LARGE - 1)) * 1e6,
			valueDatabase: ((large.database - one.database) / (LARGE - 1)) * 1e6,
			writeServer: write.server * 1e6,
			writeDatabase: write.database * 1e6,
			pageEntries: one.entries,
			writeEntries: write.entries,
			entryWorker: ((workerTime() - before.worker) / (entries - before.entries)) * 1e6,
			entryBytes: logBytes / entries,
			noteBytes,
		};
		const facts = UNIT_NAMES.map((name) => fact(UNIT_LINES[name][0], costs[name], UNIT_LINES[name][1]));
		return { title: UNIT_COSTS, facts: [...facts, fact('connections of a server', connections, 'connections')] };
	});
}

/** The only value of the only row. */
const numberOf = async (rows: PromiseLike<readonly { readonly value?: number }[]>): Promise<number> =>
	(await rows)[0]?.value ?? Number.NaN;

const countEntries = (sql: postgres.Sql) => numberOf(sql`select count(*)::int as value from audit_entries`);

async function untilLeaves(sql: postgres.Sql, signal: AbortSignal): Promise<void> {
	for (const end = performance.now() + TIMEOUT; ; await delay(100)) {
		signal.throwIfAborted();
		const waiting = await numberOf(sql`
			select count(*)::int as value from audit_entries e where not exists (select from audit_leaves l where l.entry_id = e.id)`);
		if (waiting === 0) return;
		if (performance.now() > end) throw new Error('The worker did not make leaves of all entries in time.');
	}
}
