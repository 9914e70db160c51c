import { chownSync, mkdtempSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf } from '../../support/claims.ts';
import { makeInstallation, type TestFirm, type TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { fill, mount, unmount, whyNoDisk } from '../../support/small-disk.ts';
import { ask, ended } from '../stage.ts';
import { type LegacyScene, makeLegacyScene } from './scene.ts';

const ROWS = 3_000;
const BACKFILL = { kind: 'BACKFILL', class: 'NOTE', version: null, subject: 'Note.body' } as const;

let scene: LegacyScene;
let installation: TestInstallation;

beforeAll(async () => {
	scene = await makeLegacyScene({ firms: [], make: () => makeInstallation(embedded) });
	({ installation } = scene);
	// No key stays in memory for longer than one page takes.
	scene.work({ FIRMSEAL_KEY_CACHE_SECONDS: '1' });
}, 120_000);
afterAll(() => scene?.close());

/** A firm with notes that were written by a program that knows only plaintext. */
async function newFirm(slug: string): Promise<TestFirm> {
	const firm = await installation.addFirm(slug);
	await installation.admin`
		insert into notes (firm_id, id, author_id, body_plain)
		select ${firm.id}, generate_uuid_v7(), ${claimsOf(firm.member).sub}, number || repeat(' of 1 KB', 125) from generate_series(1, ${ROWS}) number`;
	return firm;
}
const sealedOf = async ({ id }: TestFirm) => {
	const [row] = await installation.admin`
		select count(*)::int as rows, count(body)::int as sealed, count(body_plain)::int as plain from notes where firm_id = ${id}`;
	return row;
};
const ALL = { rows: ROWS, sealed: ROWS, plain: ROWS };
const waitFor = async (job: string, isThere: (row: { trouble: string | null; done: number }) => boolean) => {
	await installation.workUntil(async () => {
		const [row] = await installation.admin`select state, trouble, done::int as done from jobs where id = ${job}`;
		expect(row?.state).not.toBe('DONE');
		return isThere(row as never);
	});
};

describe('faults while plaintext is sealed', () => {
	it('two processes that make the same request at the same moment make one job', async () => {
		const firm = await newFirm('twice');
		await scene.step('expand');
		const asked = () => scene.migrate('backfill', '--coordinate', 'Note.body', '--firm', 'twice', '--no-wait');
		const both = await Promise.all([asked(), asked()]);
		expect(both).toMatchObject([{ ok: true }, { ok: true }]);
		const ids = both.map(({ result }) => result.jobs[0].id as string);
		expect(new Set(ids).size).toBe(1);
		expect(await ended(installation, ids[0] as string)).toMatchObject({
			state: 'DONE',
			done: String(ROWS),
			failed: '0',
		});
		expect(await sealedOf(firm)).toEqual(ALL);
		// A repeated request has nothing to do.
		const { job } = await ask(installation, { ...BACKFILL, firm: firm.id });
		expect(await ended(installation, job.id)).toMatchObject({ state: 'DONE', done: '0' });
	});

	it('the job waits if the key service becomes unavailable midway, says so, and continues afterwards', async () => {
		const firm = await newFirm('away');
		const { job } = await ask(installation, { ...BACKFILL, firm: firm.id, rate: 300 });
		await waitFor(job.id, ({ done }) => done > 0);
		const keys = join(installation.directory, 'keyring', 'firms', firm.id);
		renameSync(keys, `${keys}.away`);
		writeFileSync(keys, '');
		try {
			await waitFor(job.id, ({ trouble }) => trouble === 'KEY_UNAVAILABLE');
			expect((await sealedOf(firm))?.sealed).toBeLessThan(ROWS);
		} finally {
			rmSync(keys);
			renameSync(`${keys}.away`, keys);
		}
		expect(await ended(installation, job.id)).toMatchObject({ state: 'DONE', failed: '0', trouble: null });
		expect(await sealedOf(firm)).toEqual(ALL);
	});

	const noDisk = whyNoDisk();
	it.skipIf(noDisk !== null)(
		`nothing is half written if the disk of the table is full, and the job continues once there is room${noDisk ? ` (skipped: ${noDisk})` : ''}`,
		async () => {
			const firm = await newFirm('full');
			const disk = mkdtempSync(join(tmpdir(), 'firmseal-tablespace-'));
			mount(disk, 128 * 2 ** 20);
			try {
				const { uid, gid } = statSync(embedded.files);
				chownSync(disk, uid, gid);
				await installation.admin.unsafe(`create tablespace small_of_migration location '${disk}'`);
				await installation.admin.unsafe('alter table notes set tablespace small_of_migration');
				fill(join(disk, 'ballast'));
				const { job } = await ask(installation, { ...BACKFILL, firm: firm.id });
				await waitFor(job.id, ({ trouble }) => trouble === 'DISK_FULL');
				const { sealed } = (await sealedOf(firm)) as { sealed: number };
				const [counted] = await installation.admin`select done::int as done from jobs where id = ${job.id}`;
				// The counted values are exactly the written ones.
				expect(sealed).toBe(counted?.done);
				expect(sealed).toBeLessThan(ROWS);
				rmSync(join(disk, 'ballast'));
				expect(await ended(installation, job.id)).toMatchObject({ state: 'DONE', failed: '0', trouble: null });
				expect(await sealedOf(firm)).toEqual(ALL);
				const { job: verify } = await ask(installation, { ...BACKFILL, kind: 'VERIFY', firm: firm.id });
				expect(await ended(installation, verify.id)).toMatchObject({ state: 'DONE', done: String(ROWS), failed: '0' });
			} finally {
				rmSync(join(disk, 'ballast'), { force: true });
				await installation.admin.unsafe('alter table notes set tablespace pg_default');
				await installation.admin.unsafe('drop tablespace small_of_migration');
				unmount(disk);
				rmdirSync(disk);
			}
		},
		180_000,
	);
});
