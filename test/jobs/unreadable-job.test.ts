import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Plane } from '../../src/database/index.ts';
import { singlePageStep } from '../../src/jobs/engine/job-step.ts';
import { type JobRuns, makeJobRuns, proven, put } from './forged-jobs.ts';

let turns: JobRuns;
beforeAll(async () => {
	turns = await makeJobRuns();
});
afterAll(() => turns?.close());

/** The driver's error for a row with more text than a string can hold. */
const tooLong = () => new RangeError('Cannot create a string longer than 0x1fffffe8 characters');

/** A plane that can read everything of this job except its whole row. */
const withUnreadable = (plane: Plane, id: string): Plane => ({
	...plane,
	async read(firm, work) {
		const answer = await plane.read(firm, work);
		if (typeof answer === 'object' && answer !== null && 'mac' in answer && 'id' in answer && answer.id === id)
			throw tooLong();
		return answer;
	},
});

it('a job with an unreadable row blocks no other', async () => {
	const { installation, north, plane, take } = turns;
	const rotation = async (of: string) =>
		put(installation, await proven(installation, { firmId: north.id, kind: 'REENCRYPT', class: of, version: 2 }));
	const unreadable = await rotation('NOTE');
	const behind = await rotation('BILLING');
	await installation.admin`update jobs set next_at = '2000-01-01' where id = ${unreadable}`;
	const seen: string[] = [];
	const step = singlePageStep(async (job) => {
		seen.push(job.id);
		return {};
	});
	await expect(take(step, withUnreadable(plane, unreadable))).rejects.toThrow(tooLong());
	expect(await take(step, withUnreadable(plane, unreadable))).toBe('WORKED');
	expect(seen).toEqual([behind]);
	const [row] =
		await installation.admin`select state, trouble, next_at > now() as waits from jobs where id = ${unreadable}`;
	expect(row).toEqual({ state: 'QUEUED', trouble: 'RANGE_ERROR', waits: true });
});
