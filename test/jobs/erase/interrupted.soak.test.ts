import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestApi, TestFirm, TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { makePopulated } from '../../support/populated.ts';
import { killingWorkers } from '../killed.ts';
import { ask, ended, writeNotes } from '../stage.ts';
import { documentWithFiles, objectsIn, requestAndApprove, rowsOf, twoApprovers } from './scene.ts';

let installation: TestInstallation;
let api: TestApi;
let north: TestFirm;
let people: Awaited<ReturnType<typeof twoApprovers>>;
beforeEach(async () => {
	({ installation, north } = await makePopulated(embedded));
	api = await installation.serve();
	people = await twoApprovers(installation);
});
afterEach(() => installation?.close());

describe('an erasure', () => {
	it('continues to its end after its workers are killed', async () => {
		await writeNotes(api, north, ['one']);
		for (const text of ['a', 'b', 'c']) await documentWithFiles(api, north, [text], north.clientId);
		await installation.admin`
			insert into notes (firm_id, id, author_id, title, body)
			select firm_id, gen_random_uuid(), author_id, title, body from notes, generate_series(1, 8000) where firm_id = ${north.id}`;
		const job = await requestAndApprove(installation, people.ids)(north.id, null);
		const workers = killingWorkers(installation, 2);
		try {
			await expect.poll(workers.killed, { timeout: 120_000 }).toBeGreaterThan(1);
			await workers.spare();
			expect(await ended(installation, job)).toMatchObject({ state: 'DONE', trouble: null });
		} finally {
			await workers.stop();
		}
		const { notes, documents, memberships, erasure_objects, stored_objects } = await rowsOf(installation, north.id);
		expect([notes, documents, memberships, erasure_objects, stored_objects]).toEqual(Array(5).fill(undefined));
		expect(objectsIn(installation)).toEqual([]);
		const pages = await installation.admin`
			select count(*)::int as n from audit_entries where leaf::jsonb ->> 'action' = 'job.page' and leaf::jsonb -> 'coordinates' ->> 0 = 'Erased.notes'`;
		expect(pages[0]?.n).toBe(9);
	}, 150_000);

	it('of a firm with a disabled key finds the objects by their tags, and reports objects that it cannot name', async () => {
		await documentWithFiles(api, north, ['named'], north.clientId);
		const other = await documentWithFiles(api, north, ['unnamed']);
		await installation.startWorker({}, { propagationSeconds: 0 });
		const { job: disabling } = await ask(installation, { firm: north.id, kind: 'DISABLE', class: null, version: null });
		expect(await ended(installation, disabling.id)).toMatchObject({ state: 'DONE' });
		const [lost] = await installation.admin`delete from stored_objects where document_id = ${other} returning tag`;
		const job = await requestAndApprove(installation, people.ids)(north.id, null);
		expect(await ended(installation, job)).toMatchObject({ state: 'DONE', trouble: null });
		expect(objectsIn(installation)).toEqual([lost?.tag]);
		const [row] = await installation.admin`select certificate from erasures where id = ${job}`;
		expect(JSON.parse(row?.certificate)).toMatchObject({
			objects: { unopened: 2, unnamed: 1 },
			wrappingKey: { state: 'PENDING_DELETION' },
		});
		expect(row?.certificate).toContain('no one can say if an object of them is left');
	});
});
