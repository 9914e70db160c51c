import type { Sql } from 'postgres';
import { expect } from 'vitest';

/** Waits until the database reports a session that is blocked by one of the login. */
export async function untilBlocked(sql: Sql, login: string): Promise<void> {
	const blocked = () => sql`
		select 1 from pg_stat_activity w join pg_stat_activity h on h.pid = any (pg_blocking_pids(w.pid))
		where w.datname = current_database() and h.usename = ${login}`;
	await expect.poll(blocked, { interval: 5 }).not.toEqual([]);
}
