import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { FIRMSEAL_SQL } from 'firmseal';
import pg from 'pg';
import { databaseUrl } from './settings.ts';

/** A pool that does not keep the process running. */
export function openDatabase() {
	const pool = new pg.Pool({ connectionString: databaseUrl, allowExitOnIdle: true });
	// The pool replaces an idle connection that breaks.
	pool.on('error', () => {});
	return drizzle(pool);
}

export type Database = ReturnType<typeof openDatabase>;

export const db: Database = openDatabase();

/** Runs all migrations that the database lacks. */
export async function prepareDatabase(): Promise<void> {
	await db.execute(FIRMSEAL_SQL);
	await migrate(db, { migrationsFolder: new URL('../drizzle', import.meta.url).pathname });
}
