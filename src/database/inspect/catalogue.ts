import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import type { Plane, Transaction } from '../plane.ts';
import { catalogueLinesQuery } from './lines.ts';
import { catalogueScopeQuery } from './scope.ts';

/** What the migrations leave behind, as lines that readCatalogue finds again on every server. */
export const CATALOGUE_LOCK_FILE = fileURLToPath(new URL('../../../drizzle/catalogue.lock.txt', import.meta.url));

export interface CatalogueOptions {
	/** In development one login may serve all planes: nothing is asked about the one that is signed in. */
	readonly sharedLogin?: boolean;
	/** Of the defaults that a login may set without an administrator, only those of the one that is signed in and of what it may become. */
	readonly ownDefaults?: boolean;
}

/**
 * Everything in the database that the second lock and the log's protection stand on: sorted lines, `area: text`. Every role
 * may read the catalogue.
 */
export function readCatalogue(plane: Plane, options?: CatalogueOptions): Promise<string[]> {
	return plane.read(null, (tx) => selectCatalogue(tx, options));
}

async function selectCatalogue(
	tx: Transaction,
	{ sharedLogin = false, ownDefaults = false }: CatalogueOptions = {},
): Promise<string[]> {
	// A definition names the schema of what the path doesn't reach: whatever the session's path was, public is named.
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

/** The lines of the lock file. */
export function readExpectedCatalogue(): string[] {
	return readFileSync(CATALOGUE_LOCK_FILE, 'utf8')
		.split('\n')
		.filter((line) => line !== '' && !line.startsWith('#'));
}
