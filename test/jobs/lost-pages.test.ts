import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertKeyRefusal, type JobPageRow, type JobRow } from '../../src/database/index.ts';
import { type JobStep, singlePageStep } from '../../src/jobs/engine/job-step.ts';
import { type JobRuns, makeJobRuns, pastGuard, proven, put } from './forged-jobs.ts';

/** Runs one worker on a page. Each test changes the database between the page's claim and its end. */
let turns: JobRuns;
let version = 100;
beforeAll(async () => {
	turns = await makeJobRuns();
});
afterAll(() => turns?.close());

/** Runs a job of one page that would write. Returns the outcome, and whether it wrote. */
async function turn(meanwhile: (job: JobRow, page: JobPageRow) => Promise<unknown>) {
	const { installation, north, take } = turns;
	const of = { firmId: north.id, kind: 'REENCRYPT' as const, class: 'NOTE', version: ++version };
	const id = await put(installation, await proven(installation, of));
	await installation.admin`delete from key_refusals`;
	const step = singlePageStep(async (job, page) => {
		await meanwhile(job, page);
		return {
			async write(tx) {
				await insertKeyRefusal(tx, job.firmId);
				return { progress: { done: 1, step: 1 }, entries: [] };
			},
		};
	});
	const outcome = await take(step);
	const [job] = await installation.admin`select state, step, done::int, trouble from jobs where id = ${id}`;
	const isWritten = (await installation.admin`select from key_refusals`).length > 0;
	const pages = await installation.admin`select step, claim from job_pages where job_id = ${id}`;
	await pastGuard(
		installation,
		`delete from job_pages; update jobs set state = 'CANCELLED', ended_at = now() where ended_at is null`,
	);
	return { outcome, isWritten, job, pages: [...pages] };
}

it('a page is written if nothing intervenes', async () => {
	expect(await turn(async () => {})).toEqual({
		outcome: 'WORKED',
		isWritten: true,
		job: { state: 'RUNNING', step: 1, done: 1, trouble: null },
		pages: [],
	});
});

it('a page that another worker has claimed is not written, and is left to that worker', async () => {
	const claim = uuidv7();
	const steal = () => turns.installation.admin`update job_pages set claim = ${claim}`;
	expect(await turn(steal)).toEqual({
		outcome: 'BUSY',
		isWritten: false,
		job: { state: 'RUNNING', step: 0, done: 0, trouble: null },
		pages: [{ step: 0, claim }],
	});
});

it.each([
	['another worker has ended', 'delete from job_pages'],
	['was renumbered', 'update job_pages set number = 99'],
	['is of a cancelled job', `update jobs set state = 'CANCELLED', ended_at = now() where ended_at is null`],
	[
		'is of an ended job',
		`update jobs set state = 'FAILED', trouble = 'FORBIDDEN', ended_at = now() where ended_at is null`,
	],
])('nothing is written of a page that %s', async (_, statement) => {
	const { outcome, isWritten, job } = await turn(() => turns.installation.admin.unsafe(statement));
	expect([outcome, isWritten, job?.done, job?.step]).toEqual(['BUSY', false, 0, 0]);
});

it('a job that was changed after its claim gets no page: the next worker refuses it', async () => {
	const { installation, north, take } = turns;
	const of = { firmId: north.id, kind: 'ROTATE' as const, class: 'NOTE', version: 2 };
	const id = await put(installation, await proven(installation, of));
	const step: JobStep = { isSinglePage: false, plan: async () => ({ upto: null, rows: 0 }), work: async () => ({}) };
	expect(await take(step)).toBe('WORKED');
	await installation.admin`update jobs set class = 'BILLING' where id = ${id}`;
	expect(await take(step)).toBe('WORKED');
	const [job] = await installation.admin`select state, trouble from jobs where id = ${id}`;
	expect(job).toEqual({ state: 'FAILED', trouble: 'FORBIDDEN' });
});
