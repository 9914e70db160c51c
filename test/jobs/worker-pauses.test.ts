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

it('after each page of a slow database the worker pauses as long as the page took, and after a quick one not at all', async () => {
	const { admin } = installation;
	const worker = await installation.startWorker({}, { propagationSeconds: 0 });
	const begin = async (version: number) => {
		const of = { firm: north.id, class: 'NOTE', version } as const;
		const rotation = await ask(installation, { ...of, kind: 'ROTATE' });
		expect(await ended(installation, rotation.job.id)).toMatchObject({ state: 'DONE' });
		return (await ask(installation, { ...of, kind: 'REENCRYPT' })).job.id;
	};
	/** True if the next page of a job that has written one page may begin by then. */
	const mayGoOn = async (job: string, at: Date) =>
		(await admin`select next_at < ${at} as may from jobs where id = ${job} and done = 6`)[0]?.may;

	const quick = await begin(2);
	await worker.advance();
	expect(await mayGoOn(quick, new Date())).toBe(true);
	expect(await ended(installation, quick)).toMatchObject({ state: 'DONE' });

	const slow = await begin(3);
	const { at, working } = await admin.begin(async (tx) => {
		await tx`select id from notes where id = ${notes[0] as string} for update`;
		const pages = [worker.advance()];
		const waiting = () => tx`select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))`;
		await expect.poll(waiting).toHaveLength(1);
		pages.push(worker.advance(3_000));
		const [row] = await tx`select clock_timestamp() + interval '3 seconds' as at`;
		return { at: row?.at as Date, working: Promise.all(pages) };
	});
	await working;
	expect(await mayGoOn(slow, at)).toBe(false);
	expect(await ended(installation, slow)).toMatchObject({ state: 'DONE', done: '6' });
});
