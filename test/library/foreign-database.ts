import { randomUUID } from 'node:crypto';
import { drizzle as overPg } from 'drizzle-orm/node-postgres';
import { drizzle as overPostgresJs } from 'drizzle-orm/postgres-js';
import pg from 'pg';
import postgres from 'postgres';
import { type DrizzleDatabase, FIRMSEAL_SQL } from '../../src/library/index.ts';
import { servers } from '../support/both-servers.ts';
import type { TestServer } from '../support/servers.ts';

/** A database of somebody else's, who has run FIRMSEAL_SQL and owns all that it made. */
export interface ForeignDatabase {
	readonly db: DrizzleDatabase;
	/** Another pool on it, of so many connections. */
	open(connections?: number): DrizzleDatabase;
	/** Rows of a statement as its owner. */
	sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
	close(): Promise<void>;
}

interface Pool {
	readonly db: DrizzleDatabase;
	end(): Promise<void>;
}

type OpenPool = (url: string, connections: number) => Pool;

/** A session's own settings must not matter. */
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
