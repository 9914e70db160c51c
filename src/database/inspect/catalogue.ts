import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import type { Plane, Transaction } from '../plane.ts';
import { catalogueLinesQuery } from './lines.ts';
import { catalogueScopeQuery } from './scope.ts';

/** The catalogue that the migrations make, as the lines that readCatalogue finds on every server. */
export const CATALOGUE_LOCK_FILE = fileURLToPath(new URL('../../../drizzle/catalogue.lock.txt', import.meta.url));

export interface CatalogueOptions {
	/** Skips the login that is signed in: in development one login may serve all planes. */
	readonly sharedLogin?: boolean;
	/** Of the defaults that a login may set by itself, compares only those of the login that is signed in and of the roles that it may become. */
	readonly ownDefaults?: boolean;
}

/**
 * Reads everything in the database on which the second lock and the log's protection depend: sorted lines, `area: text`. Every role may read
 * the catalogue.
 */
export function readCatalogue(plane: Plane, options?: CatalogueOptions): Promise<string[]> {
	return plane.read(null, (tx) => selectCatalogue(tx, options));
}

async function selectCatalogue(
	tx: Transaction,
	{ sharedLogin = false, ownDefaults = false }: CatalogueOptions = {},
): Promise<string[]> {
	// PostgreSQL prints the schema of objects that search_path does not reach. A fixed path makes the lines the same in every session.
	const {
		rows: [session],
	} = await tx.execute(sql`select session_user as login,
		set_config('search_path', 'pg_catalog, pg_temp', true), set_config('quote_all_identifiers', 'off', true)`);
	const { rows } = await tx.execute(
		sql`${catalogueScopeQuery(sharedLogin ? String(session?.login) : null, ownDefaults)} select * from (${catalogueLinesQuery}) as of_area (area, line)`,
	);
	const read = rows.map(({ area, line }) => `${area}: ${String(line).replace(/\s+/g, ' ')}`);
	return [...new Set(read)].sort();
}

export function readExpectedCatalogue(): string[] {
	return readFileSync(CATALOGUE_LOCK_FILE, 'utf8')
		.split('\n')
		.filter((line) => line !== '' && !line.startsWith('#'));
}
