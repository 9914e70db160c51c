import { sql } from 'drizzle-orm';
import { openConnection, STATEMENT_TIMEOUT } from './connection.ts';
import { withoutParameters } from './database-error.ts';
import type { Plane } from './plane.ts';

/** Any login may read both values. A copy of a database has another oid, and a copy of a server has another start time. */
const IDENTITY_QUERY = `select d.oid::pg_catalog.text as id, pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time())::pg_catalog.text as since
	from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`;

const databaseIdentityOf = ([row]: readonly Record<string, unknown>[]): string => `${row?.id} ${row?.since}`;

/** Identifies the database and the running server of a plane, to compare it with another plane's. */
export const identifyDatabase = (plane: Plane): Promise<string> =>
	plane.read(null, async (tx) => databaseIdentityOf((await tx.execute(sql.raw(IDENTITY_QUERY))).rows));

/** The same for a URL, whose login needs no plane's role. */
export const identifyDatabaseAt = (url: string): Promise<string> =>
	withoutParameters(async () => {
		const connection = await openConnection(url, { queryTimeout: STATEMENT_TIMEOUT });
		try {
			return databaseIdentityOf((await connection.query(IDENTITY_QUERY)).rows);
		} finally {
			await connection.end().catch(() => {});
		}
	}, url);
