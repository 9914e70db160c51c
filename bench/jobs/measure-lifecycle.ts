import { asAdministrator, type BenchInstallation } from '../data/installation.ts';
import { writeNotes } from '../data/notes.ts';
import { startChild } from '../harness/child.ts';
import { type Fact, type Facts, fact } from '../harness/facts.ts';
import { openDatabaseTime } from '../harness/processor-time.ts';
import type { Section, SectionContext } from '../harness/section.ts';
import { withRunningLog } from '../running-log.ts';
import { doJob } from './do-job.ts';
import { addPlaintextColumn, resetToPlaintext } from './plaintext-column.ts';

/** Rows per second of one processor. */
const TARGET = 5_000;
/** Peak memory relative to that of the smallest job. */
const MEMORY_TARGET = 1.2;

export const lifecycle: Section = {
	name: 'lifecycle',
	title: 'Lifecycle',
	steps: ({ reencrypted }) => 2 * reencrypted.length,
	measure: async (context) => ({ tables: [], facts: await measureLifecycle(context) }),
};

/** One job on `rows` rows. */
export interface MeasuredJob {
	readonly rows: number;
	/** From the start of the job to the end of its last page. */
	readonly seconds: number;
	/** Processor seconds until the job is DONE; of the database null if they cannot be read. */
	readonly worker: number;
	readonly database: number | null;
	/** The highest resident memory of the worker, in bytes. */
	readonly peak: number;
}

/** Re-encrypts notes under the next version of their key, and seals them from a plaintext column, by one worker. Each job has a new process. */
async function measureLifecycle({ installation, scale, signal, onStep }: SectionContext): Promise<Facts[]> {
	return withRunningLog(installation, async () => {
		const reencryptions: MeasuredJob[] = [];
		const backfills: MeasuredJob[] = [];
		await addPlaintextColumn(installation);
		let written = 0;
		for (const rows of scale.reencrypted) {
			await writeNotes(installation, rows - written, signal);
			written = rows;
			reencryptions.push(await measureJob(installation, 'REENCRYPT', rows, signal));
			onStep();
			await resetToPlaintext(installation);
			backfills.push(await measureJob(installation, 'BACKFILL', rows, signal));
			onStep();
		}
		return [
			lifecycleFacts('Values of 1 KB, re-encrypted', reencryptions),
			lifecycleFacts('Values of 1 KB, sealed from plaintext', backfills),
		];
	});
}

async function measureJob(
	installation: BenchInstallation,
	kind: 'REENCRYPT' | 'BACKFILL',
	rows: number,
	signal: AbortSignal,
): Promise<MeasuredJob> {
	const { settings, adminUrl } = installation;
	const module = new URL('work.ts', import.meta.url);
	await using worker = startChild<typeof import('./work.ts')>(module, { settings, signal });
	await worker.call('work');
	return await asAdministrator(adminUrl, async (sql) => {
		if (kind === 'REENCRYPT') await doJob(installation, 'ROTATE', { sql, signal });
		const time = await openDatabaseTime(sql);
		const before = time?.() ?? 0;
		await worker.call('take');
		const { done, seconds } = await doJob(installation, kind, { sql, signal });
		const taken = await worker.call('take');
		if (done !== rows) throw new Error(`The job of the benchmark is wrong: ${done} values of ${rows}.`);
		return { rows, seconds, worker: taken.seconds, peak: taken.peak, database: time ? time() - before : null };
	});
}

export function lifecycleFacts(title: string, measured: readonly MeasuredJob[]): Facts {
	const least = measured[0]?.peak ?? Number.NaN;
	const facts = measured.flatMap(({ rows, seconds, worker, database, peak }, index): Fact[] => {
		const what = `${rows.toLocaleString('en-US')} rows`;
		const target = index === measured.length - 1 ? TARGET : null;
		return [
			fact(`${what}, a second`, rows / seconds, 'rows/s'),
			fact(`${what}, processor of the worker`, worker, 's'),
			...(database === null
				? []
				: [
						fact(`${what}, processor of the database`, database, 's'),
						{
							...fact(`${what}, a second of a processor`, rows / (worker + database), 'rows/s', target),
							isLeast: true,
						},
					]),
			fact(`${what}, memory of the worker`, peak / 1e6, 'MB'),
			...(index === 0 ? [] : [fact(`${what}, memory over that of the fewest`, peak / least, 'times', MEMORY_TARGET)]),
		];
	});
	return { title, facts };
}
