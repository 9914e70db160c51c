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

/** Adds entries to the log of a firm of a running `npm start`, and waits until a checkpoint covers them. */
export async function fillLog({ directory }: Installation, { firm, entries, signal }: Filling): Promise<void> {
	// It runs already, so that this starts nothing, and there is nothing to stop.
	const { urlOf } = await startEmbeddedServer({ directory: join(directory, 'data', 'postgres') });
	await asAdministrator(urlOf(SUPERUSER), async (sql) => {
		await writeEntries(sql, [0, entries], firm, signal);
		for (let isComplete = false; !isComplete; await delay(QUERY_PERIOD)) {
			signal.throwIfAborted();
			const [row] = await sql`select size >= ${entries} and signed = size as yes from audit_trees where tree = ${firm}`;
			isComplete = row?.yes === true;
		}
		await sql`analyze audit_entries, audit_leaves`;
	});
}
