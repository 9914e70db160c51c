import { sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';

/** Who has a transaction open in this database now, but for this one: names that are never used again. Those that only read are among them. */
export async function selectOpenTransactions(tx: Transaction): Promise<ReadonlySet<string>> {
	const { rows } = await tx.execute(sql`
		select l.virtualtransaction as name from pg_locks l left join pg_stat_activity a on a.pid = l.pid
		where l.locktype = 'virtualxid' and l.granted and l.mode = 'ExclusiveLock' and l.pid <> pg_backend_pid()
			and coalesce(a.datid = (select oid from pg_database where datname = current_database()), true)
		union all
		select 'prepared ' || transaction::text from pg_prepared_xacts where database = current_database()`);
	return new Set(rows.map(({ name }) => name as string));
}
