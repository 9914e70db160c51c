import postgres from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { uuidToBase64url } from '../../src/audit/index.ts';
import {
	databaseOf,
	type Env,
	endAll,
	isAlive,
	newDirectory,
	postmasterOf,
	type RunningApi,
	startApi,
	tokensOf,
	until,
} from './program.ts';
import { findMissing, startWriters } from './writers.ts';

const MEMBER = 'member@northgate.example';

interface Row {
	readonly boot: string;
	readonly sequence: number;
	readonly leaf: { readonly action: string; readonly records: readonly string[] };
}

async function readLog(api: RunningApi): Promise<Row[]> {
	const sql = postgres(databaseOf(api), { max: 1 });
	try {
		return await sql<Row[]>`select boot, sequence::int, leaf::json from audit_entries order by boot, sequence`;
	} finally {
		await sql.end();
	}
}

describe('npm start, killed during writes and started again', () => {
	afterEach(endAll);

	it.each([
		{ killed: 'the API', database: false },
		{ killed: 'the API and PostgreSQL', database: true },
	])('has lost no acknowledged write after kill -9 ended $killed', async ({ database }) => {
		const directory = newDirectory();
		const env: Env = { FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0' };
		const first = await startApi(env);
		const postmaster = postmasterOf(directory) ?? 0;
		const writers = startWriters(first.ask, tokensOf(first)[MEMBER] ?? '');
		await until(() => writers.acknowledged.length >= 100);
		if (database) process.kill(postmaster, 'SIGKILL');
		process.kill(first.pid, 'SIGKILL');
		await first.ended;
		await until(() => writers.lost() >= 8);
		await writers.stop();
		expect(isAlive(postmaster)).toBe(!database);

		const second = await startApi(env);
		const token = tokensOf(second)[MEMBER] ?? '';
		expect(await findMissing(second.ask, token, writers.acknowledged)).toEqual([]);
		// The second start uses the PostgreSQL that is still running, and starts no second one.
		if (!database) expect(postmasterOf(directory)).toBe(postmaster);

		const log = await readLog(second);
		const created = new Set(
			log.filter(({ leaf }) => leaf.action === 'content.create').flatMap(({ leaf }) => leaf.records),
		);
		expect(writers.acknowledged.filter((id) => !created.has(uuidToBase64url(id)))).toEqual([]);
		const boots = Object.values(Object.groupBy(log, ({ boot }) => boot)) as Row[][];
		expect(boots.length).toBeGreaterThan(2);
		for (const rows of boots) expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1));

		second.kill('SIGTERM');
		expect(await second.ended).toMatchObject({ code: 0 });
		expect(postmasterOf(directory)).toBeNull();
	});
});
