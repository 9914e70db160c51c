import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runVerifier } from '../../audit/single-file/run-verifier.ts';
import { claimsOf } from '../../support/claims.ts';
import { contentOf, type FileClient, filesAt, makeDocument } from '../../support/files.ts';
import { makeInstallation, type TestFirm, type TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { firmsealJson, type RunningApi, until } from '../../system/program.ts';
import { requestAndApprove } from '../erase/scene.ts';
import { ended as endOf } from '../stage.ts';
import { oldDirectory, oldProgram } from './plaintext-files.ts';
import { FILES, type LegacyScene, makeLegacyScene } from './scene.ts';
import { asOldProgram } from './working.ts';

const PLATFORM = '00000000-0000-0000-0000-000000000000';
const COORDINATE = 'DocumentVersion.objectKey';
const SHARED = 'shared/One deed.pdf';

type Old = Awaited<ReturnType<ReturnType<typeof oldProgram>['upload']>>;

let scene: LegacyScene;
let installation: TestInstallation;
let north: TestFirm;
let south: TestFirm;
let api: RunningApi;
let files: FileClient;
const store = oldDirectory();
let old: ReturnType<typeof oldProgram>;

beforeAll(async () => {
	const make = () => makeInstallation(embedded, { settings: store.settings });
	scene = await makeLegacyScene({ moved: FILES, firms: ['north', 'south'], make });
	({ installation } = scene);
	[north, south] = scene.firms as [TestFirm, TestFirm];
	api = await scene.serve();
	await installation.keepLog();
	files = filesAt(api.url);
	old = oldProgram(installation, store);
	scene.work();
}, 120_000);
afterAll(async () => {
	await scene?.close();
	store.remove();
});

const status = async () => (await scene.migrate('status')).result.columns[0];
const read = async ({ document }: { document: string }, { member }: TestFirm) => {
	const { status: answered, bytes } = await files.get(member, contentOf(document));
	return answered === 200 ? bytes : answered;
};
const locationOf = async ({ version }: { version: string }) =>
	(await installation.admin`select location_plain as location from document_versions where id = ${version}`)[0]
		?.location;
/** A document whose file has a given location, with or without an object there. */
async function naming(firm: TestFirm, location: string, bytes: Uint8Array): Promise<Old> {
	const document = await makeDocument(api.ask, firm.member);
	const { version, refused } = await old.addVersion(firm, document, location, bytes.length);
	expect(refused).toBe(null);
	return { document, version, location, bytes };
}
async function remove({ document }: Old, firm: TestFirm): Promise<void> {
	const { data } = await api.ask(firm.member, `{ document(id: "${document}") { revision } }`);
	const { errors } = await api.ask(
		firm.member,
		`mutation { deleteDocument(input: { id: "${document}", expectedRevision: ${data.document.revision} }) { id } }`,
	);
	expect(errors).toEqual([]);
}
const erase = (firm: TestFirm, { document }: { document: string }) => {
	const [one, two] = scene.approvers.map((token) => claimsOf(token).sub) as [string, string];
	return requestAndApprove(installation, { one, two })(firm.id, `Document.${document}`);
};
const setPhase = (phase: string) => installation.admin`update column_moves set phase = ${phase}`;

describe('a plaintext object that rows of two firms name', () => {
	const bytes = randomBytes(30_000);
	const other = randomBytes(2_000);
	const mine: Old[] = [];
	let theirs: Old;
	let removed: Old;
	const odd: Old[] = [];

	it('is sealed for each firm, and a similar name does not count as the same object', async () => {
		mine.push(await old.upload(api.ask, north, bytes, SHARED), await naming(north, SHARED, bytes));
		theirs = await naming(south, SHARED, bytes);
		removed = await naming(north, SHARED, bytes);
		await remove(removed, north);
		await store.put('both removed.pdf', other);
		for (const firm of [north, south]) await remove(await naming(firm, 'both removed.pdf', other), firm);
		await scene.step('expand');
		// A byte order mark is a character of a name.
		const marked = await naming(north, `\uFEFF${SHARED}`, bytes);
		expect(await read(marked, north)).toBe(404);
		const ends = await scene.ends('backfill');
		expect(ends.map(({ state }) => state).sort()).toEqual(['DONE', 'FAILED']);
		expect((await status()).jobs.BACKFILL.findings).toMatchObject({ invalid: 1 });
		await installation.admin`delete from document_versions where id = ${marked.version}`;
		await scene.step('backfill');
		for (const each of mine) expect(await read(each, north)).toEqual(bytes);
		expect(await read(theirs, south)).toEqual(bytes);
	}, 120_000);

	it('is not erased with one of the firms, and an erasure waits for plaintext that arrives meanwhile', async () => {
		expect(await endOf(installation, await erase(south, theirs))).toMatchObject({
			state: 'FAILED',
			trouble: 'CLEAR_FILES',
		});
		expect(await read(theirs, south)).toEqual(bytes);
		const late = { document: await makeDocument(api.ask, south.member), version: uuidv7() };
		const job = await erase(south, late);
		const rowOf = async () => (await installation.admin`select step, trouble, state from jobs where id = ${job}`)[0];
		await until(async () => (await rowOf())?.step >= 1, 30_000);
		await store.put('late.pdf', other);
		const refused = await asOldProgram(
			installation,
			south,
			(tx) => tx`insert into document_versions (firm_id, id, document_id, author_id, number, byte_size, location_plain)
				select firm_id, ${late.version}, id, author_id, 1, ${other.length}, 'late.pdf' from documents where id = ${late.document}`,
		);
		expect(refused).toBe(null);
		await until(async () => (await rowOf())?.trouble === 'CLEAR_FILES', 30_000);
		expect(await locationOf(late)).toBe('late.pdf');
		expect(await store.count('late.pdf')).toBe(1);
		// As docs/how-to/migrate-files.md describes it.
		await store.lose('late.pdf');
		await installation.admin`update document_versions set location_plain = null where id = ${late.version}`;
		expect(await endOf(installation, job)).toMatchObject({ state: 'DONE', trouble: null });
		await scene.step('backfill');
		await scene.step('verify');
		await scene.step('cutover');
	}, 120_000);

	it('is not forgotten while it exists, even if the firm plane’s login changes its row', async () => {
		const [first] = mine as [Old];
		await setPhase('CONTRACTING');
		expect(
			await asOldProgram(
				installation,
				north,
				(tx) => tx`update document_versions set location_plain = null where id = ${first.version}`,
			),
		).toBe('FS002');
		for (const location of [null, 'late.pdf']) {
			await asOldProgram(
				installation,
				north,
				(tx) => tx`update document_versions set location_plain = ${location} where id = ${removed.version}`,
			);
			expect(await locationOf(removed)).toBe(SHARED);
		}
		// No one can query which rows name the same object without its job.
		for (const role of ['firmseal_firm', 'firmseal_worker', 'firmseal_maintenance']) {
			const asked = installation.signIn(role === 'firmseal_firm' ? 'firm' : 'worker').begin(async (tx) => {
				await tx`select set_config('role', ${role}, true), set_config('firmseal.firm', ${north.id}, true)`;
				await tx`select is_named_elsewhere(${COORDINATE}, ${first.version})`;
			});
			await expect(asked).rejects.toMatchObject({ code: '42501' });
		}
		await setPhase('CUTOVER');
	});

	it('is deleted with the last row that names it, unlike a link and a directory', async () => {
		const outside = join(installation.directory, 'outside.txt');
		writeFileSync(outside, 'what a link leads to');
		await setPhase('ROLLED_BACK');
		symlinkSync(outside, join(store.directory, 'link.pdf'));
		mkdirSync(join(store.directory, 'a directory'));
		for (const location of ['link.pdf', 'a directory']) {
			const each = await naming(north, location, other);
			await remove(each, north);
			odd.push(each);
		}
		await setPhase('CUTOVER');
		expect(await endOf(installation, await scene.contract())).toMatchObject({
			state: 'FAILED',
			trouble: 'NOT_CLEARED',
		});
		await until(async () => (await status()).jobs.CLEAR.done === 6, 30_000);
		expect((await status()).jobs.CLEAR).toMatchObject({ done: 6, failed: 2, findings: { missing: 2 } });
		expect(existsSync(outside)).toBe(true);
		expect([await store.count('link.pdf'), existsSync(join(store.directory, 'a directory'))]).toEqual([1, true]);
		for (const each of [...mine, theirs, removed]) expect(await locationOf(each)).toBe(null);
		expect([await store.count(SHARED), await store.count('both removed.pdf')]).toEqual([0, 0]);
		for (const each of mine) expect(await read(each, north)).toEqual(bytes);
		expect(await read(theirs, south)).toEqual(bytes);
	}, 120_000);

	it('does not return unnoticed to a cleared firm that waits for another firm', async () => {
		for (const { version } of odd)
			await installation.admin`update document_versions set location_plain = null where id = ${version}`;
		await store.put('late.pdf', other);
		const smuggled = uuidv7();
		await installation.admin.begin(async (tx) => {
			await tx`alter table document_versions disable trigger move_from_location_plain`;
			await tx`insert into document_versions (firm_id, id, document_id, author_id, number, byte_size, location_plain)
				select firm_id, ${smuggled}, document_id, author_id, 99, ${other.length}, 'late.pdf' from document_versions where id = ${theirs.version}`;
			await tx`alter table document_versions enable always trigger move_from_location_plain`;
		});
		expect(await endOf(installation, await scene.contract())).toMatchObject({
			state: 'FAILED',
			trouble: 'NOT_CLEARED',
		});
		expect((await status()).phase).toBe('CONTRACTING');
		expect([await locationOf({ version: smuggled }), await store.count('late.pdf')]).toEqual(['late.pdf', 1]);
		await installation.admin`delete from document_versions where id = ${smuggled}`;
		await store.lose('late.pdf');
	}, 120_000);

	it('does not prevent the end of the contract step, and neither does a firm that is created meanwhile', async () => {
		await setPhase('ROLLED_BACK');
		await store.put('last.pdf', other);
		const last = await naming(south, 'last.pdf', other);
		await remove(last, south);
		await setPhase('CUTOVER');
		const release = Promise.withResolvers<void>();
		const isHeld = Promise.withResolvers<void>();
		const held = installation.admin.begin(async (tx) => {
			await tx`select from document_versions where id = ${last.version} for update`;
			isHeld.resolve();
			await release.promise;
		});
		await isHeld.promise;
		const job = await scene.contract();
		await until(async () => (await store.count('last.pdf')) === 0, 40_000);
		// By now, every firm of that time has its CLEAR job.
		const west = await installation.addFirm('west');
		release.resolve();
		await held;
		expect(await endOf(installation, job)).toMatchObject({ state: 'DONE', trouble: null });
		const [row] = await installation.admin`select count(location_plain)::int as clear from document_versions`;
		expect(row?.clear).toBe(0);
		const [clear] = await installation.admin`select state from jobs where kind = 'CLEAR' and firm_id = ${west.id}`;
		expect(clear?.state).toBe('DONE');
		const { report } = await status();
		expect(report).toMatchObject({ firms: 3, stillHeldBy: { unnamedObjects: expect.any(String) } });
		// The object that is erased now belongs to only one firm.
		expect(await endOf(installation, await erase(south, theirs))).toMatchObject({ state: 'DONE' });
		expect(await read(theirs, south)).toBe(404);
		for (const each of mine) expect(await read(each, north)).toEqual(bytes);
	}, 120_000);

	it('has a report that an outsider verifies with the single file, which detects a change', async () => {
		const { reportText, reportEntryId } = await status();
		await until(async () => {
			const [row] = await installation.admin`select audit_is_published(${[reportEntryId]}::uuid[]) as yes`;
			return row?.yes === true;
		}, 30_000);
		const at = (name: string) => join(installation.directory, name);
		const env = {
			...installation.env,
			FIRMSEAL_URL: api.url,
			FIRMSEAL_TOKEN: `${await installation.addOperator('AUDITOR')}`,
		};
		const exported = await firmsealJson(env, 'audit', 'export', '--firm', PLATFORM, '--out', at('platform.jsonl'));
		expect([exported.code, exported.error]).toEqual([0, undefined]);
		const vkey = await (await fetch(`${api.url}/.well-known/firmseal/checkpoint-key?firm=${PLATFORM}`)).text();
		const { code, error } = await runVerifier([at('platform.jsonl'), ...vkey.trim().split('\n')]);
		expect([code, error]).toEqual([0, '']);
		// Verified as docs/how-to/verify.md describes.
		const naming = (text: string) => {
			const [saved, log] = [at('report.json'), at('platform.jsonl')];
			writeFileSync(saved, `${text}\n`);
			const shell = `grep -c "\\"action\\":\\"column.report\\".*\\"hash\\":\\"$(tr -d '\\n' < ${saved} | sha256sum | cut -c1-64)\\".*\\"plane\\":\\"worker\\"" ${log}`;
			return spawnSync('sh', ['-c', shell], { encoding: 'utf8' }).stdout;
		};
		expect(naming(reportText)).toBe('1\n');
		expect(naming(reportText.replace('"firms":3', '"firms":2'))).toBe('0\n');
		// A writer of the table can't make another report pass as this one.
		await installation.admin`update column_moves set report = replace(report, '"firms":3', '"firms":2')`;
		expect((await status()).reportEntryId).toBe(null);
	}, 60_000);
});
