import type { Sql } from 'postgres';
import { expect } from 'vitest';

/** Waits until a session waits for a lock that one of the login holds: the database says so itself. */
export async function untilBlocked(sql: Sql, login: string): Promise<void> {
	const blocked = () => sql`
		select 1 from pg_stat_activity w join pg_stat_activity h on h.pid = any (pg_blocking_pids(w.pid))
		where w.datname = current_database() and h.usename = ${login}`;
	await expect.poll(blocked, { interval: 5 }).not.toEqual([]);
}
