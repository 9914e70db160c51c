import { sql } from 'drizzle-orm';
import { openConnection, PATIENCE } from './connection.ts';
import { withoutParameters } from './database-error.ts';
import type { Plane } from './plane.ts';

/** Any login may read both. A copy of a database has another number, and a copy of a server started at another time. */
const WHICH = `select d.oid::pg_catalog.text as id, pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time())::pg_catalog.text as since
	from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`;

const told = ([row]: readonly Record<string, unknown>[]): string => `${row?.id} ${row?.since}`;

/** Which database, of which running server, a plane is of: to be compared with another's. */
export const whichDatabase = (plane: Plane): Promise<string> =>
	plane.read(null, async (tx) => told((await tx.execute(sql.raw(WHICH))).rows));

/** The same of whoever a URL signs in, who needs no role of a plane. */
export const whichDatabaseAt = (url: string): Promise<string> =>
	withoutParameters(async () => {
		const connection = await openConnection(url, { patience: PATIENCE });
		try {
			return told((await connection.query(WHICH)).rows);
		} finally {
			await connection.end().catch(() => {});
		}
	}, url);
