import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { ask, ended, writeNotes } from './stage.ts';

let installation: TestInstallation;
let north: TestFirm;
let notes: string[];
beforeAll(async () => {
	({ installation, north } = await makePopulated(embedded));
	const api = await installation.serve();
	notes = await writeNotes(api, north, ['one', 'two', 'three']);
});
afterAll(() => installation?.close());

/** Seconds from now until the job's next page may begin, as soon as a page of it is written. */
async function pauseOf(job: string): Promise<number> {
	for (const end = Date.now() + 20_000; Date.now() < end; await delay(10)) {
		const [row] = await installation.admin`
			select done::int as done, extract(epoch from next_at - clock_timestamp())::float8 as pause from jobs where id = ${job}`;
		if (row?.done > 0) return row?.pause;
	}
	throw new Error('No page was written.');
}

/** Asks for something, and lets the first page of it wait for so many seconds. */
const heldUp = <T>(seconds: number, asked: () => Promise<T>): Promise<T> =>
	installation.admin.begin(async (tx) => {
		await tx`select id from notes where id = ${notes[0] as string} for update`;
		const job = await asked();
		const waiting = () => tx`select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))`;
		await expect.poll(waiting).toHaveLength(1);
		await delay(seconds * 1000);
		return job;
	}) as Promise<T>;

it('leaves a slow database as long to everybody else as a page took of it, and a quick one none', async () => {
	const of = { firm: north.id, class: 'NOTE' } as const;
	await installation.work({}, { beside: true, settleSeconds: 0 });
	for (const [version, seconds] of [
		[2, 0],
		[3, 1],
	] as const) {
		const rotation = await ask(installation, { ...of, kind: 'ROTATE', version });
		expect(await ended(installation, rotation.job.id)).toMatchObject({ state: 'DONE' });
		const reencrypt = async () => (await ask(installation, { ...of, kind: 'REENCRYPT', version })).job;
		const job = seconds > 0 ? await heldUp(seconds, reencrypt) : await reencrypt();
		const pause = await pauseOf(job.id);
		if (seconds > 0) expect(pause).toBeGreaterThan(0.3);
		else expect(pause).toBeLessThan(0.3);
		expect(await ended(installation, job.id)).toMatchObject({ state: 'DONE', done: '6' });
	}
});
