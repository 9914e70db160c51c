import { openConnection } from './connection.ts';
import { withoutParameters } from './database-error.ts';
import { isHeldBy, OF_SAME_LOGIN } from './held-by.ts';

/** Any number, the same in every process that wants the place. */
const STARTED = 4_611_002;

/** One process at a time on a database. Held by a connection, so that it is free the moment the process is gone. */
export async function holdSoleStart(url: string): Promise<{ release(): Promise<void> } | null> {
	return withoutParameters(async () => {
		const connection = await openConnection(url);
		let isFree = false;
		try {
			const { rows } = await connection.query('select pg_try_advisory_lock($1) as held', [STARTED]);
			isFree = rows[0]?.held === true || !(await isHeldBy(connection, STARTED, OF_SAME_LOGIN));
		} finally {
			// Also after an error: a process would wait for it.
			if (!isFree) await connection.end().catch(() => {});
		}
		return isFree ? { release: () => connection.end() } : null;
	}, url);
}
