import { setTimeout as delay } from 'node:timers/promises';
import type postgres from 'postgres';
import { commandEntry } from '../../src/audit/index.ts';
import { selectDataKeyListing } from '../../src/database/index.ts';
import { type JobRequest, nextRotationRequests, reencryptionRequests, requestJob } from '../../src/jobs/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import type { BenchInstallation } from '../data/installation.ts';
import { MOVED_COLUMN } from './plaintext-column.ts';

const CLASSES = ['NOTE'];
/** Milliseconds. */
const QUERY_PERIOD = 100;

/**
 * Requests a job on the key of notes, as the commands do, and waits until a worker has done it.
 * @returns how many rows the job changed, and the seconds from its start to the end of its last page, according to the log
 */
export async function doJob(
	{ config, database, firm }: BenchInstallation,
	kind: 'ROTATE' | 'REENCRYPT' | 'BACKFILL',
	{ sql, signal }: { readonly sql: postgres.Sql; readonly signal: AbortSignal },
): Promise<{ readonly done: number; readonly seconds: number }> {
	const id = await withAdminContext(config, database, async ({ worker, rights, audit, osAccount }) => {
		const keys = await worker.read(null, (tx) => selectDataKeyListing(tx, firm));
		const requests: Readonly<Record<typeof kind, () => readonly JobRequest[] | Promise<readonly JobRequest[]>>> = {
			ROTATE: () => worker.read(null, (tx) => nextRotationRequests(tx, firm, keys, CLASSES)),
			REENCRYPT: () => reencryptionRequests(firm, keys, { classes: CLASSES, rate: null }),
			BACKFILL: () => [{ firm, kind: 'BACKFILL', class: 'NOTE', version: null, subject: MOVED_COLUMN.coordinate }],
		};
		const { job } = await requestJob({ plane: worker, rights }, (await requests[kind]())[0] as JobRequest, {
			on: 'cli',
			user: null,
			record: (act) => audit.append([commandEntry(osAccount, act)]),
		});
		return job.id;
	});
	for (;;) {
		signal.throwIfAborted();
		const [job] = await sql`
			select state, done::float8 as done, coalesce(extract(epoch from (
				select max((leaf::jsonb ->> 'at')::timestamptz) from audit_entries where id > jobs.id
					and leaf::jsonb ->> 'action' = 'job.page' and leaf::jsonb ->> 'request' = jobs.id::text)
				- started_at), 0)::float8 as seconds
			from jobs where id = ${id} and ended_at is not null`;
		if (job?.state === 'DONE') return { done: job.done, seconds: job.seconds };
		if (job) throw new Error(`The job of the benchmark is ${job.state}.`);
		await delay(QUERY_PERIOD);
	}
}
