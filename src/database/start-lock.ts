import { openConnection } from './connection.ts';
import { withoutParameters } from './database-error.ts';
import { BY_SAME_LOGIN, isLockHeld } from './is-lock-held.ts';

/** Any number, the same in every process that wants the place. */
const START_LOCK = 4_611_002;

/** One process at a time on a database. Held by a connection, so that it is free the moment the process is gone. */
export async function acquireStartLock(url: string): Promise<{ release(): Promise<void> } | null> {
	return withoutParameters(async () => {
		const connection = await openConnection(url);
		let isFree = false;
		try {
			const { rows } = await connection.query('select pg_try_advisory_lock($1) as held', [START_LOCK]);
			isFree = rows[0]?.held === true || !(await isLockHeld(connection, START_LOCK, BY_SAME_LOGIN));
		} finally {
			// Also after an error: a process would wait for it.
			if (!isFree) await connection.end().catch(() => {});
		}
		return isFree ? { release: () => connection.end() } : null;
	}, url);
}
