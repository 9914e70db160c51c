import { randomUUID } from 'node:crypto';
import { drizzle as overPg } from 'drizzle-orm/node-postgres';
import { drizzle as overPostgresJs } from 'drizzle-orm/postgres-js';
import pg from 'pg';
import postgres from 'postgres';
import { type DrizzleDatabase, FIRMSEAL_SQL } from '../../src/library/index.ts';
import { servers } from '../support/both-servers.ts';
import type { TestServer } from '../support/servers.ts';

/** A third party's database. Its owner has run FIRMSEAL_SQL and owns the tables. */
export interface ForeignDatabase {
	readonly db: DrizzleDatabase;
	/** Opens another pool with so many connections. */
	open(connections?: number): DrizzleDatabase;
	/** Runs a statement as the owner, and returns its rows. */
	sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
	close(): Promise<void>;
}

interface Pool {
	readonly db: DrizzleDatabase;
	end(): Promise<void>;
}

type OpenPool = (url: string, connections: number) => Pool;

/** Settings of a session, which must not matter. */
const TIME_ZONE = 'Asia/Kolkata';

const DRIVERS: Readonly<Record<string, OpenPool>> = {
	pg(connectionString, max) {
		const pool = new pg.Pool({
			connectionString,
			max,
			options: `-c TimeZone=${TIME_ZONE}`,
			connectionTimeoutMillis: 1000,
		});
		return { db: overPg(pool), end: () => pool.end() };
	},
	'postgres.js'(url, max) {
		const sql = postgres(url, { max, onnotice: () => {}, connection: { TimeZone: TIME_ZONE } });
		return { db: overPostgresJs(sql), end: () => sql.end() };
	},
};

export const foreignDatabases = servers.flatMap((server) =>
	Object.entries(DRIVERS).map(([driver, openPool]) => ({
		name: `${driver} on ${server.name}`,
		driver,
		make: () => makeForeignDatabase(server, openPool),
	})),
);

async function makeForeignDatabase(server: TestServer, openPool: OpenPool): Promise<ForeignDatabase> {
	const name = `foreign_${randomUUID().replaceAll('-', '')}`;
	const root = postgres(server.url, { max: 1 });
	await root`create database ${root(name)}`;
	await root.end();
	const url = server.url.replace(/[^/]*$/, name);
	const owner = postgres(url, { max: 1, onnotice: () => {} });
	const pools: Pool[] = [];
	const open = (connections = 2) => {
		const pool = openPool(url, connections);
		pools.push(pool);
		return pool.db;
	};
	const db = open();
	await db.execute(FIRMSEAL_SQL);
	return {
		db,
		open,
		sql: (text) => owner.unsafe(text),
		async close() {
			await Promise.all([owner.end(), ...pools.map((pool) => pool.end())]);
		},
	};
}
