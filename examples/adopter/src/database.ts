import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { FIRMSEAL_SQL } from 'firmseal';
import pg from 'pg';
import { databaseUrl } from './settings.ts';

/** A pool that lets the process end. */
export function openDatabase() {
	const pool = new pg.Pool({ connectionString: databaseUrl, allowExitOnIdle: true });
	// A connection that breaks while nobody uses it is replaced at the next use.
	pool.on('error', () => {});
	return drizzle(pool);
}

export type Database = ReturnType<typeof openDatabase>;

export const db: Database = openDatabase();

/** Brings the database to the newest shape. */
export async function prepareDatabase(): Promise<void> {
	await db.execute(FIRMSEAL_SQL);
	await migrate(db, { migrationsFolder: new URL('../drizzle', import.meta.url).pathname });
}
