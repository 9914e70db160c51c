import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
// biome-ignore lint/correctness/noUndeclaredDependencies: the project has it; bench/package.json is for peers only.
import type postgres from 'postgres';
import type { Facts } from '../facts.ts';
import { asAdministrator } from '../installation.ts';
import { type DatabaseTime, openDatabaseTime, readStat } from '../jobs/database-time.ts';
import { bodyOf } from '../load/query.ts';
import type { SectionContext } from '../section.ts';
import { type CrowdProcess, countOf } from './crowd.ts';
import { TEXT } from './firms.ts';
import { pageOf, secondsOf } from './pages.ts';
import type { Running } from './processes.ts';
import { readServerMetrics } from './server-metrics.ts';

/** Notes of the larger page. */
const LARGE = 51;
/** Milliseconds for the worker to make leaves of what was written. */
const LONGEST = 60_000;

const WRITE = bodyOf('mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id createdAt } } }', {
	input: { title: 'What the client said on the telephone', body: TEXT },
});

/** Seconds of a processor, and entries of the log, of one answer. */
interface Cost {
	readonly server: number;
	readonly database: number;
	readonly entries: number;
}

/** What docs/how-to/scale.md reckons with: of one server, of PostgreSQL and of the worker, for a page, a value and a write. */
export async function measureUnitCosts(
	{ installation, scale, signal }: SectionContext,
	crowd: CrowdProcess,
	{ url, worker, tokens }: Running & { readonly tokens: readonly string[] },
): Promise<Facts> {
	const { settings } = installation;
	return asAdministrator(settings.FIRMSEAL_ADMIN_DATABASE_URL ?? '', async (sql) => {
		const time = await openDatabaseTime(sql);
		if (!time)
			throw new Error('This machine does not tell the time of other processes, so unit costs can’t be measured.');
		const before = { worker: timeOf(worker), entries: await countEntries(sql) };
		const costOf = async (body: string): Promise<Cost> => {
			signal.throwIfAborted();
			const start = await look(url, sql, time);
			const length = { seconds: secondsOf(scale.wide) };
			const answers = countOf(await crowd.run({ url, bodies: [body], tokens, connections: 16, length }), 200);
			const end = await look(url, sql, time);
			return {
				server: (end.server - start.server) / answers,
				database: (end.database - start.database) / answers,
				entries: (end.entries - start.entries) / answers,
			};
		};
		const one = await costOf(pageOf(1));
		const large = await costOf(pageOf(LARGE));
		const write = await costOf(WRITE);
		const connections = await countConnections(sql, settings.DATABASE_URL ?? '');
		await untilLeaves(sql, signal);
		const entries = await countEntries(sql);
		const ofValue = (of: 'server' | 'database') => (large[of] - one[of]) / (LARGE - 1);
		const us = (seconds: number) => seconds * 1e6;
		return {
			title: UNIT_COSTS,
			facts: [
				{ what: 'page of one value, the server', value: us(one.server), unit: 'us', target: null },
				{ what: 'page of one value, PostgreSQL', value: us(one.database), unit: 'us', target: null },
				{ what: 'each value more of 1 KB, the server', value: us(ofValue('server')), unit: 'us', target: null },
				{ what: 'each value more of 1 KB, PostgreSQL', value: us(ofValue('database')), unit: 'us', target: null },
				{ what: 'a note of 1 KB written, the server', value: us(write.server), unit: 'us', target: null },
				{ what: 'a note of 1 KB written, PostgreSQL', value: us(write.database), unit: 'us', target: null },
				{ what: 'entries of the log for a page', value: one.entries, unit: 'entries', target: null },
				{ what: 'entries of the log for a write', value: write.entries, unit: 'entries', target: null },
				{
					what: 'an entry, the worker',
					value: us((timeOf(worker) - before.worker) / (entries - before.entries)),
					unit: 'us',
					target: null,
				},
				{
					what: 'an entry with its leaf, stored',
					value: (await bytesOf(sql, 'audit_%')) / entries,
					unit: 'bytes',
					target: null,
				},
				{ what: 'a note of 1 KB, stored', value: await bytesOfNote(sql), unit: 'bytes', target: null },
				{ what: 'connections of a server', value: connections, unit: 'connections', target: null },
			],
		};
	});
}

export const UNIT_COSTS = 'Unit costs: processor time and space';

const timeOf = (pid: number): number => readStat(readFileSync(`/proc/${pid}/stat`, 'utf8')).seconds;

async function look(url: string, sql: postgres.Sql, time: DatabaseTime) {
	const metrics = await readServerMetrics(url);
	return {
		server: metrics.sum('process_cpu_seconds_total'),
		database: time.seconds(),
		entries: await countEntries(sql),
	};
}

async function countEntries(sql: postgres.Sql): Promise<number> {
	const [row] = await sql`select count(*)::int as entries from audit_entries`;
	return row?.entries ?? 0;
}

async function untilLeaves(sql: postgres.Sql, signal: AbortSignal): Promise<void> {
	for (const end = performance.now() + LONGEST; ; await delay(100)) {
		signal.throwIfAborted();
		const [row] = await sql`
			select not exists (select from audit_entries e where not exists (select from audit_leaves l where l.entry_id = e.id)) as done`;
		if (row?.done) return;
		if (performance.now() > end) throw new Error('The worker has not made leaves of all entries in time.');
	}
}

async function bytesOf(sql: postgres.Sql, tables: string): Promise<number> {
	const [row] = await sql`
		select sum(pg_total_relation_size(oid))::float8 as bytes from pg_class
		where relkind = 'r' and relnamespace = 'public'::regnamespace and relname like ${tables}`;
	return row?.bytes ?? Number.NaN;
}

async function bytesOfNote(sql: postgres.Sql): Promise<number> {
	await sql`vacuum analyze notes`;
	const [row] = await sql`select pg_total_relation_size('notes')::float8 / count(*) as bytes from notes`;
	return row?.bytes ?? Number.NaN;
}

/** Of the only server that signs in so. */
async function countConnections(sql: postgres.Sql, url: string): Promise<number> {
	const [row] = await sql`select count(*)::int as open from pg_stat_activity where usename = ${new URL(url).username}`;
	return row?.open ?? Number.NaN;
}
