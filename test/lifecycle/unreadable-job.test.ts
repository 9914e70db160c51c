import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { openPlaneOf } from '../../src/compose.ts';
import type { Plane } from '../../src/database/index.ts';
import { withOffice } from '../../src/installation.ts';
import { takeTurn } from '../../src/lifecycle/index.ts';
import { once } from '../../src/lifecycle/job-step.ts';
import type { TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { proven, put } from './forged-jobs.ts';

let installation: TestInstallation;
let north: TestFirm;
let plane: Plane;
beforeAll(async () => {
	({ installation, north } = await makePopulated(embedded));
	plane = openPlaneOf(installation.database, 'firmseal_maintenance', 2);
});
afterAll(async () => {
	await plane?.close();
	await installation?.close();
});

/** What the driver says of a row with more text than a string holds. */
const tooLong = () => new RangeError('Cannot create a string longer than 0x1fffffe8 characters');

/** The plane, by which everything of this job can be read but its row as a whole. */
const withUnreadable = (id: string): Plane => ({
	...plane,
	async read(firm, work) {
		const answer = await plane.read(firm, work);
		if (typeof answer === 'object' && answer !== null && 'mac' in answer && 'id' in answer && answer.id === id)
			throw tooLong();
		return answer;
	},
});

it('a job whose row can’t be read keeps no other from its turn', async () => {
	const rotation = async (of: string) =>
		put(installation, await proven(installation, { firmId: north.id, kind: 'REENCRYPT', class: of, version: 2 }));
	const unreadable = await rotation('NOTE');
	const behind = await rotation('BILLING');
	await installation.admin`update jobs set next_at = '2000-01-01' where id = ${unreadable}`;
	const seen: string[] = [];
	const step = once(async (job) => {
		seen.push(job.id);
		return {};
	});
	const take = () =>
		withOffice(installation.config, installation.database, ({ rights, audit }) =>
			takeTurn({
				clock: systemClock,
				plane: withUnreadable(unreadable),
				rights,
				audit,
				standing: () => Promise.reject(new Error('asked for people')),
				stepsOf: () => [step],
			}),
		);
	await expect(take()).rejects.toThrow(tooLong());
	expect(await take()).toBe('WORKED');
	expect(seen).toEqual([behind]);
	const [row] =
		await installation.admin`select state, trouble, next_at > now() as waits from jobs where id = ${unreadable}`;
	expect(row).toEqual({ state: 'QUEUED', trouble: 'RANGE_ERROR', waits: true });
});
