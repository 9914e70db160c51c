import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import type { Installation } from '../../tools/screenshots/installation.ts';
import { writeEntries } from '../data/entries.ts';
import { asAdministrator } from '../data/installation.ts';

/** Milliseconds. */
const QUERY_PERIOD = 200;

interface Filling {
	readonly firm: string;
	readonly entries: number;
	readonly signal: AbortSignal;
}

/**
 * Adds entries to the log of a firm of a running `npm start`, and waits until a checkpoint covers them and the alerts have been checked: a log
 * that has grown for months has both behind it.
 */
export async function fillLog({ directory }: Installation, { firm, entries, signal }: Filling): Promise<void> {
	// It runs already, so that this starts nothing, and there is nothing to stop.
	const { urlOf } = await startEmbeddedServer({ directory: join(directory, 'data', 'postgres') });
	await asAdministrator(urlOf(SUPERUSER), async (sql) => {
		await writeEntries(sql, [0, entries], firm, signal);
		for (let isComplete = false; !isComplete; await delay(QUERY_PERIOD)) {
			signal.throwIfAborted();
			const [row] = await sql`
				select t.size >= ${entries} and t.signed = t.size and w.until is null and pg_visible_in_snapshot(
					(select e.transaction from audit_entries e order by e.transaction desc limit 1), w.seen) as yes
				from audit_trees t, alert_watch w where t.tree = ${firm}`;
			isComplete = row?.yes === true;
		}
		await sql`analyze audit_entries, audit_leaves`;
	});
}
