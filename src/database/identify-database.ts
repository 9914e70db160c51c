import { sql } from 'drizzle-orm';
import { openConnection, STATEMENT_TIMEOUT } from './connection.ts';
import { withoutParameters } from './database-error.ts';
import type { Plane } from './plane.ts';

/** Any login may read both. A copy of a database has another number, and a copy of a server started at another time. */
const IDENTITY_QUERY = `select d.oid::pg_catalog.text as id, pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time())::pg_catalog.text as since
	from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`;

const databaseIdentityOf = ([row]: readonly Record<string, unknown>[]): string => `${row?.id} ${row?.since}`;

/** Which database, of which running server, a plane is of: to be compared with another's. */
export const identifyDatabase = (plane: Plane): Promise<string> =>
	plane.read(null, async (tx) => databaseIdentityOf((await tx.execute(sql.raw(IDENTITY_QUERY))).rows));

/** The same for the login of a URL, which needs no role of a plane. */
export const identifyDatabaseAt = (url: string): Promise<string> =>
	withoutParameters(async () => {
		const connection = await openConnection(url, { queryTimeout: STATEMENT_TIMEOUT });
		try {
			return databaseIdentityOf((await connection.query(IDENTITY_QUERY)).rows);
		} finally {
			await connection.end().catch(() => {});
		}
	}, url);
