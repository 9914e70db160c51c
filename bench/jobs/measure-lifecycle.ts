import type { Fact, Facts } from '../facts.ts';
import { asAdministrator, type BenchInstallation } from '../installation.ts';
import { withRunningLog } from '../running-log.ts';
import type { Section, SectionContext } from '../section.ts';
import { openDatabaseTime } from './database-time.ts';
import { doJob } from './do-job.ts';
import { addPlaintextColumn, resetToPlaintext } from './plaintext-column.ts';
import { startWorkerProcess } from './worker.ts';
import { writeNotes } from './write-notes.ts';

/** Rows a second, for each processor that is busy with them. */
const TARGET = 5_000;
/** Memory at most, over what the fewest rows take. */
const MEMORY_TARGET = 1.2;

export const lifecycle: Section = {
	name: 'lifecycle',
	title: 'Lifecycle',
	steps: ({ reencrypted }) => 2 * reencrypted.length,
	measure: async (given) => ({ tables: [], facts: await measureLifecycle(given) }),
};

/** One job on so many rows. */
export interface MeasuredJob {
	readonly rows: number;
	/** From the job's start to the end of its last page. */
	readonly seconds: number;
	/** Of processors, from the job's start until it is DONE; null where the machine doesn't tell of the database. */
	readonly worker: number;
	readonly database: number | null;
	/** Bytes of memory that the worker had at most. */
	readonly most: number;
}

/**
 * Notes sealed anew under the next version of their key, and sealed from a column of plaintext, by one worker: more of them each time,
 * each time by another process.
 */
async function measureLifecycle({
	installation,
	scale: { reencrypted },
	signal,
	onStep,
}: SectionContext): Promise<Facts[]> {
	return withRunningLog(installation, async () => {
		const anew: MeasuredJob[] = [];
		const sealed: MeasuredJob[] = [];
		await addPlaintextColumn(installation);
		let written = 0;
		for (const rows of reencrypted) {
			await writeNotes(installation, rows - written, signal);
			written = rows;
			anew.push(await measureJob(installation, 'REENCRYPT', rows, signal));
			onStep();
			await resetToPlaintext(installation);
			sealed.push(await measureJob(installation, 'BACKFILL', rows, signal));
			onStep();
		}
		return [
			lifecycleFacts('Values of 1 KB, sealed anew', anew),
			lifecycleFacts('Values of 1 KB, sealed from plaintext', sealed),
		];
	});
}

async function measureJob(
	installation: BenchInstallation,
	kind: 'REENCRYPT' | 'BACKFILL',
	rows: number,
	signal: AbortSignal,
): Promise<MeasuredJob> {
	const { settings } = installation;
	const worker = await startWorkerProcess(settings, signal);
	try {
		return await asAdministrator(settings.FIRMSEAL_ADMIN_DATABASE_URL ?? '', async (sql) => {
			if (kind === 'REENCRYPT') await doJob(installation, 'ROTATE', { sql, signal });
			const time = await openDatabaseTime(sql);
			const before = time?.seconds();
			await worker.take();
			const { done, seconds } = await doJob(installation, kind, { sql, signal });
			const { seconds: taken, most } = await worker.take();
			if (done !== rows) throw new Error(`The job of the benchmark is wrong: ${done} values of ${rows}.`);
			return { rows, seconds, worker: taken, most, database: time ? time.seconds() - (before ?? 0) : null };
		});
	} finally {
		await worker.stop();
	}
}

export function lifecycleFacts(title: string, measured: readonly MeasuredJob[]): Facts {
	const least = measured[0]?.most ?? Number.NaN;
	const facts = measured.flatMap(({ rows, seconds, worker, database, most }, index): Fact[] => {
		const what = `${rows.toLocaleString('en-US')} rows`;
		const isLast = index === measured.length - 1;
		const all = worker + (database ?? 0);
		return [
			{ what: `${what}, a second`, value: rows / seconds, unit: 'rows/s', target: null },
			{ what: `${what}, processor of the worker`, value: worker, unit: 's', target: null },
			...(database === null
				? []
				: [
						{ what: `${what}, processor of the database`, value: database, unit: 's', target: null } as const,
						{
							what: `${what}, a second of a processor`,
							value: rows / all,
							unit: 'rows/s',
							target: isLast ? TARGET : null,
							isLeast: true,
						} as const,
					]),
			{ what: `${what}, memory of the worker`, value: most / 1e6, unit: 'MB', target: null },
			...(index === 0
				? []
				: [
						{
							what: `${what}, memory over that of the fewest`,
							value: most / least,
							unit: 'times',
							target: MEMORY_TARGET,
						} as const,
					]),
		];
	});
	return { title, facts };
}
