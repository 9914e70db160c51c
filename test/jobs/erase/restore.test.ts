import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rebuildFromAnchors } from '../../../src/cli/recovery/rebuild-log.ts';
import { makeInstallation, type TestApi, type TestFirm, type TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { writeMails } from '../mails.ts';
import { ended, readNotes, writeNotes } from '../stage.ts';
import { documentWithFiles, objectsIn, requestAndApprove, rowsOf, twoApprovers } from './scene.ts';

const OF_FIRM = { FIRMSEAL_PLANE: 'firm' };
const KEPT_APART = ['objects', 'keyring'] as const;

describe('a backup from before an erasure', () => {
	let installation: TestInstallation;
	let root: Sql;
	let api: TestApi;
	let north: TestFirm;
	let harbour: TestFirm;
	let notes: string[];
	let mails: number;
	let theirs: string[];
	const backup = `b_${Date.now()}`;
	let name: string;

	beforeAll(async () => {
		installation = await makeInstallation(embedded);
		name = new URL(installation.env.FIRMSEAL_ADMIN_DATABASE_URL ?? '').pathname.slice(1);
		root = postgres(embedded.url, { max: 1, onnotice: () => {} });
		north = await installation.addFirm('north');
		harbour = await installation.addFirm('harbour');
		api = await installation.serve(OF_FIRM);
		mails = (await writeMails(installation, north)).size;
		notes = await writeNotes(api, north, ['one', 'two']);
		theirs = await writeNotes(api, harbour, ['theirs', 'erased alone']);
		await documentWithFiles(api, north, ['deed'], north.clientId);
		await documentWithFiles(api, harbour, ['other deed']);
	});
	afterAll(async () => {
		await root`drop database if exists ${root(backup)} with (force)`;
		await root.end();
		await installation?.close();
	});
	const copy = async (from: string, to: string) => {
		await root`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${from}`;
		await root`create database ${root(to)} template ${root(from)}`;
	};
	/** Copies files with their modes, as a backup does. */
	const keep = (from: string, to: string) => execFileSync('cp', ['-a', from, to]);
	const apart = (of: string) => join(installation.directory, `${of}.backup`);

	it('opens nothing of the erased firm, even with the keys and objects of that time, and is erased again automatically', async () => {
		const { ids } = await twoApprovers(installation);
		const first = await installation.startWorker();
		await first.publishLog();
		await first.stop();
		await api.stop();
		await copy(name, backup);
		for (const of of KEPT_APART) keep(join(installation.directory, of), apart(of));
		const worker = await installation.startWorker({}, { propagationSeconds: 0 });
		const ask = requestAndApprove(installation, ids);
		for (const job of [await ask(north.id, null), await ask(harbour.id, `Note.${theirs[1]}`)])
			expect(await ended(installation, job)).toMatchObject({ state: 'DONE', trouble: null });
		await worker.publishLog();
		await installation.workUntil(async () => (await installation.admin`select 1 from audit_anchors`).length > 0);
		await worker.stop();

		await root`drop database ${root(name)} with (force)`;
		await copy(backup, name);
		for (const of of KEPT_APART) {
			rmSync(join(installation.directory, of), { recursive: true });
			keep(apart(of), join(installation.directory, of));
		}
		const restored = await installation.serve(OF_FIRM);
		const { text } = await readWhole(restored);
		expect(text).toContain('AUDIT_UNAVAILABLE');
		expect(text).not.toContain('"one"');
		expect((await rowsOf(installation, north.id)).notes).toBe(mails + 2);

		await rebuildFromAnchors(installation.config, { dryRun: false, vkey: null, onProgress() {} });
		// The log agrees again; the database still doesn't know the erasure.
		const early = await installation.serve(OF_FIRM);
		expect((await readWhole(early)).text).toContain('AUDIT_UNAVAILABLE');
		await installation.startWorker({}, { propagationSeconds: 0 });
		await installation.workUntil(
			async () => (await installation.admin`select 1 from erasures where erased_at is not null`).length === 2,
		);
		// A job ends in the turn after its last page.
		await installation.workUntil(
			async () => (await installation.admin`select 1 from jobs where kind = 'ERASE' and ended_at is null`).length === 0,
		);
		const { notes: left, documents, memberships, stored_objects } = await rowsOf(installation, north.id);
		expect([left, documents, memberships, stored_objects]).toEqual([undefined, undefined, undefined, undefined]);
		expect((await rowsOf(installation, harbour.id)).notes).toBe(1);
		const jobs = await installation.admin`select asked_on, state from jobs where kind = 'ERASE'`;
		expect(jobs.map(({ asked_on, state }) => [asked_on, state])).toEqual([
			['worker', 'DONE'],
			['worker', 'DONE'],
		]);
		const tags = await installation.admin`select tag from stored_objects`;
		expect(objectsIn(installation)).toEqual(tags.map(({ tag }) => tag).sort());
		const late = await installation.serve(OF_FIRM);
		expect((await readNotes(late, harbour, theirs.slice(0, 1))).notes[0]).toMatchObject({ body: 'theirs' });
		expect((await readWhole(late)).text).not.toContain('"one"');
	});

	const readWhole = (of: TestApi) =>
		of.ask(north.member, `{ note(id: "${notes[0]}") { title body } notes(first: 500) { nodes { title body } } }`);
});
