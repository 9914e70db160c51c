import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLeaf } from '../../../src/audit/index.ts';
import { claimsOf } from '../../support/claims.ts';
import { contentOf, type FileClient, filesAt, makeDocument, shareDocument } from '../../support/files.ts';
import { makeInstallation, type Person, type TestFirm, type TestInstallation } from '../../support/installation.ts';
import { activeLease } from '../../support/leases.ts';
import { embedded } from '../../support/own-servers.ts';
import { type RunningApi, until } from '../../system/program.ts';
import { requestAndApprove } from '../erase/scene.ts';
import { ended } from '../stage.ts';
import { oldDirectory, oldProgram } from './plaintext-files.ts';
import { FILES, type LegacyScene, makeLegacyScene } from './scene.ts';

const COORDINATE = FILES.subject;
const CHUNK = 16_384;

type Old = Awaited<ReturnType<ReturnType<typeof oldProgram>['upload']>>;

let scene: LegacyScene;
let installation: TestInstallation;
let north: TestFirm;
let south: TestFirm;
let api: RunningApi;
let files: FileClient;
let worker: ReturnType<LegacyScene['work']>;
const store = oldDirectory();
let old: ReturnType<typeof oldProgram>;
let operator: Person;

beforeAll(async () => {
	const settings = { ...store.settings, FIRMSEAL_OPERATOR_PROOF: 'off' };
	const make = () => makeInstallation(embedded, { settings });
	scene = await makeLegacyScene({ moved: FILES, firms: ['north', 'south'], make });
	({ installation } = scene);
	[north, south] = scene.firms as [TestFirm, TestFirm];
	operator = await installation.addOperator('OPERATOR');
	await installation.startBroker();
	api = await scene.serve();
	files = filesAt(api.url);
	old = oldProgram(installation, store);
	worker = scene.work();
}, 120_000);
afterAll(async () => {
	await scene?.close();
	store.remove();
});

const findings = async (kind: 'BACKFILL' | 'VERIFY' | 'CLEAR') =>
	(await scene.migrate('status')).result.columns[0].jobs[kind].findings;
const upload = (bytes: Uint8Array, firm = north) => old.upload(api.ask, firm, bytes);
const read = async ({ document }: { document: string }, { member }: TestFirm = north, path = contentOf(document)) => {
	const { status, bytes } = await files.get(member, path);
	return status === 200 ? bytes : status;
};
const readsAll = async (of: readonly Old[]) => {
	for (const each of of) expect(Buffer.from(each.bytes).equals((await read(each)) as Buffer)).toBe(true);
};
const rowOf = async ({ version }: { version: string }) =>
	(
		await installation.admin`select location_plain as location, object_key is not null as sealed from document_versions where id = ${version}`
	)[0] as { location: string | null; sealed: boolean };
const objects = () =>
	readdirSync(join(installation.directory, 'objects'), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
/** Locks a row until it is released. */
async function holding({ version }: Old): Promise<[Promise<unknown>, () => void]> {
	const release = Promise.withResolvers<void>();
	const isHeld = Promise.withResolvers<void>();
	const held = installation.admin.begin(async (tx) => {
		await tx`select from document_versions where id = ${version} for update`;
		isHeld.resolve();
		await release.promise;
	});
	await isHeld.promise;
	return [held, release.resolve];
}
const entriesOf = async (action: string, record: string) =>
	(await installation.admin`select leaf from audit_entries where leaf::json ->> 'action' = ${action}`)
		.map(({ leaf }) => parseLeaf(leaf))
		.filter(({ records }) => records.includes(record));

describe('plaintext files', () => {
	const sizes = [0, 1, CHUNK - 1, CHUNK, 3 * CHUNK, 700_000];
	const all: Old[] = [];
	let ofSouth: Old;

	it('are read by permitted people and by no operator before any step, reads are logged, and uploads are encrypted', async () => {
		for (const size of sizes) all.push(await upload(randomBytes(size)));
		ofSouth = await upload(randomBytes(100), south);
		// Two documents whose files are the same object.
		const { location, bytes } = all[3] as Old;
		const document = await makeDocument(api.ask, north.member);
		const { version } = await old.addVersion(north, document, location, bytes.length);
		all.push({ document, version, location, bytes });
		await readsAll(all);
		const [, , , , , long] = all as [Old, Old, Old, Old, Old, Old];
		const range = await files.get(north.member, contentOf(long.document), { range: 'bytes=100000-100999' });
		expect([range.status, range.bytes.equals(Buffer.from(long.bytes).subarray(100_000, 101_000))]).toEqual([206, true]);
		expect((await files.get(north.member, contentOf(long.document, 1))).status).toBe(200);
		expect((await entriesOf('content.read', long.version))[0]).toMatchObject({
			coordinates: ['DocumentVersion.content'],
			keys: [],
		});
		// The other firm, the client before and after the document is shared, and the operator.
		expect(await read(long, south)).toBe(404);
		const asClient = () => files.get(north.client, contentOf(long.document));
		expect((await asClient()).status).toBe(404);
		await shareDocument(api.ask, north.member, north.clientId, long.document);
		expect((await asClient()).bytes.equals(Buffer.from(long.bytes))).toBe(true);
		expect((await files.get(operator, contentOf(long.document))).status).toBe(403);
		const sql = installation.signIn('operator');
		const asked = sql.begin(async (tx) => {
			await tx`select set_config('role', 'firmseal_operator', true)`;
			return tx`select location_plain from document_versions`;
		});
		await expect(asked).rejects.toMatchObject({ code: '42501' });
		const marker = randomBytes(64);
		const uploaded = await makeDocument(api.ask, north.member);
		expect((await files.put(north.member, uploaded, marker)).status).toBe(201);
		expect(objects().some((bytes) => bytes.includes(marker))).toBe(false);
		expect(await scene.migrate('plan')).toMatchObject({
			result: { columns: [{ coordinate: COORDINATE, from: 'location_plain', format: 'object', isPrepared: true }] },
		});
	});

	it('are opened by an operator only under a lease, like encrypted ones', async () => {
		const [first, second] = all as [Old, Old];
		const lease = await activeLease({
			ask: api.ask,
			firm: north,
			operator,
			approver: scene.approvers[0],
			wish: { classes: ['DOCUMENT'], readBudget: 2 },
		});
		const under = { 'x-firmseal-lease': lease.id };
		const opened = await files.get(operator, contentOf(second.document), under);
		expect([opened.status, opened.bytes.equals(Buffer.from(second.bytes))]).toEqual([200, true]);
		expect((await files.get(operator, contentOf(first.document, 1), under)).status).toBe(200);
		// The lease's budget is used up.
		expect((await files.get(operator, contentOf(first.document, 1), under)).status).toBe(403);
	});

	it('that have an invalid location are neither read nor sealed', async () => {
		await scene.step('expand');
		const bytes = randomBytes(50);
		const hidden = join(installation.directory, 'secret.txt');
		writeFileSync(hidden, bytes);
		symlinkSync(hidden, join(store.directory, 'link.txt'));
		symlinkSync(installation.directory, join(store.directory, 'elsewhere'));
		const tag = (await installation.admin`select tag from stored_objects limit 1`)[0]?.tag as string;
		const name = readdirSync(join(installation.directory, 'objects', tag))[0];
		await store.put('sealed.bin', readFileSync(join(installation.directory, 'objects', tag, name ?? '')));
		const evil = [
			'../secret.txt',
			`..${hidden}`,
			hidden,
			'link.txt',
			'elsewhere/secret.txt',
			'a/../../secret.txt',
			'2019',
			'not there.pdf',
			`${tag}/${name}`,
			'\u0007.pdf',
			'x'.repeat(2_000),
			'',
		];
		const made: { document: string; version: string }[] = [];
		for (const location of evil) {
			const document = await makeDocument(api.ask, north.member);
			const { version, refused } = await old.addVersion(north, document, location, bytes.length);
			expect(refused).toBe(null);
			made.push({ document, version });
			expect([location, await read({ document })]).toEqual([location, 404]);
		}
		const otherSize = await upload(randomBytes(20));
		await installation.admin`update document_versions set byte_size = 21 where id = ${otherSize.version}`;
		const twice = await makeDocument(api.ask, north.member);
		const { version } = await old.addVersion(north, twice, 'sealed.bin', 50);
		const outcome = await scene.migrate('backfill', '--coordinate', COORDINATE);
		expect(outcome).toMatchObject({
			ok: false,
			error: { message: expect.stringContaining('firmseal migrate status') },
		});
		expect(await findings('BACKFILL')).toMatchObject({ invalid: 8, missing: 4, otherSize: 1, looksSealed: 1 });
		for (const each of [...made, otherSize, { version }]) expect(await rowOf(each)).toMatchObject({ sealed: false });
		expect(await scene.failed('verify')).toBe('NOT_THE_SAME');
		// After the locations are corrected or removed, the job continues.
		await installation.admin`update document_versions set byte_size = 20 where id = ${otherSize.version}`;
		all.push(otherSize);
		for (const each of [...made, { version }])
			await installation.admin`delete from document_versions where id = ${each.version}`;
	}, 180_000);

	it('are sealed completely next to the existing ones, even if the worker is killed midway', async () => {
		const long = await upload(randomBytes(60_000_000));
		all.push(long);
		const sealing = scene.ends('backfill');
		const beginnings = () => installation.admin`
			select tag from stored_objects where version_id = ${long.version} and state = 'RESEALING'`;
		await until(async () => (await beginnings()).length > 0, 30_000);
		worker.kill();
		for (const end of await sealing) expect(end).toMatchObject({ state: 'DONE', failed: '0' });
		for (const each of all) expect(await rowOf(each)).toEqual({ location: each.location, sealed: true });
		await readsAll(all);
		expect(await read(ofSouth, south)).toEqual(Buffer.from(ofSouth.bytes));
		for (const each of all) {
			const { data } = await api.ask(
				north.member,
				`{ document(id: "${each.document}") { sha256 bucket objectKey versions { sha256 bucket objectKey } } }`,
			);
			const { versions, ...latest } = data.document;
			expect(versions).toEqual([latest]);
			expect(latest.objectKey).toMatch(/^[0-9a-f-]{36}\/[0-9a-f]{32}$/);
		}
	}, 120_000);

	it('that an old program writes are counted, read unchanged, and sealed in the next round', async () => {
		const before = (await scene.migrate('status')).result.writesWithoutCiphertext;
		const [first] = all as [Old];
		// Another version, and a new location for a sealed file: the old location is no longer read.
		const later = randomBytes(5_000);
		await store.put('later.pdf', later);
		await old.addVersion(north, first.document, 'later.pdf', later.length);
		expect(await read(first)).toEqual(later);
		expect(await read(first, north, contentOf(first.document, 1))).toEqual(Buffer.from(first.bytes));
		const changed = all[1] as Old;
		await store.put('changed.pdf', later);
		await old.write(
			north,
			(tx) =>
				tx`update document_versions set location_plain = 'changed.pdf', byte_size = ${later.length} where id = ${changed.version}`,
		);
		await old.write(north, (tx) => tx`update documents set byte_size = ${later.length} where id = ${changed.document}`);
		expect(await rowOf(changed)).toEqual({ location: 'changed.pdf', sealed: false });
		expect(await read(changed)).toEqual(later);
		const [copy] = await installation.admin`
			select num_nonnulls(object_key, bucket, sha256)::int as left from documents where id = ${changed.document}`;
		expect(copy?.left).toBe(0);
		expect((await scene.migrate('status')).result.writesWithoutCiphertext).toBe(before + 2);
		await scene.step('backfill');
		await scene.step('backfill');
		all[1] = { ...changed, location: 'changed.pdf', bytes: later };
		all[0] = { ...first, location: 'later.pdf', bytes: later };
		await readsAll(all);
		const [row] = await installation.admin`
			select count(*)::int as count from stored_objects where version_id = ${changed.version} and state = 'STORED'`;
		expect(row?.count).toBe(1);
	});

	it('are compared completely, and no cutover happens while one differs, is damaged or is missing', async () => {
		const [, , , , long] = all as [Old, Old, Old, Old, Old];
		const original = Buffer.from(long.bytes);
		const other = Buffer.from(original);
		other.writeUInt8((other.at(-1) ?? 0) ^ 1, other.length - 1);
		await store.put(long.location, other);
		expect(await scene.failed('verify')).toBe('NOT_THE_SAME');
		expect(await findings('VERIFY')).toMatchObject({ DIFFERENT: 1 });
		await store.lose(long.location);
		expect(await scene.failed('verify')).toBe('NOT_THE_SAME');
		expect(await findings('VERIFY')).toMatchObject({ ABSENT: 1 });
		await store.put(long.location, original);
		const [{ tag }] = (await installation.admin`
			select tag from stored_objects where version_id = ${long.version} and state = 'STORED'`) as unknown as [
			{ tag: string },
		];
		const path = join(
			installation.directory,
			'objects',
			tag,
			readdirSync(join(installation.directory, 'objects', tag))[0] ?? '',
		);
		const whole = readFileSync(path);
		const broken = Buffer.from(whole);
		broken.writeUInt8((broken.at(-40_000) ?? 0) ^ 1, broken.length - 40_000);
		writeFileSync(path, broken);
		expect(await scene.failed('verify')).toBe('NOT_THE_SAME');
		expect(await findings('VERIFY')).toMatchObject({ UNOPENED: 1 });
		expect(await scene.failed('cutover')).toBe('NOT_VERIFIED');
		writeFileSync(path, whole);
		await scene.step('verify');
		const { result } = await scene.migrate('status');
		const { SAME, SEALED_ONLY, rowsBefore, rowsAfter, ...wrong } = result.columns[0].jobs.VERIFY.findings;
		// One file was uploaded encrypted. The first document has two versions.
		expect([SAME, SEALED_ONLY, rowsBefore, rowsAfter]).toEqual([all.length + 2, 1, all.length + 3, all.length + 3]);
		expect(wrong).toEqual({});
	}, 180_000);

	it('are not read after the cutover, a file without ciphertext is refused, and a rollback loses nothing', async () => {
		await scene.step('cutover');
		await readsAll(all);
		const document = await makeDocument(api.ask, north.member);
		expect((await old.addVersion(north, document, 'later.pdf', 5_000)).refused).toBe('FS002');
		const lone = uuidv7();
		const [any] = all as [Old];
		await installation.admin.begin(async (tx) => {
			await tx`alter table document_versions disable trigger move_from_location_plain`;
			await tx`insert into document_versions (firm_id, id, document_id, author_id, number, byte_size, location_plain)
				select firm_id, ${lone}, document_id, author_id, 99, 5000, 'later.pdf' from document_versions where id = ${any.version}`;
			await tx`alter table document_versions enable always trigger move_from_location_plain`;
		});
		expect(await read(any, north, contentOf(any.document, 99))).toBe(422);
		expect(await scene.failed('verify')).toBe('NOT_THE_SAME');
		await installation.admin`delete from document_versions where id = ${lone}`;
		// An erasure does not report success while one of the files is in the clear.
		const [one, two] = scene.approvers.map((token) => claimsOf(token).sub) as [string, string];
		const erasing = await requestAndApprove(installation, { one, two })(north.id, `Document.${any.document}`);
		expect(await ended(installation, erasing)).toMatchObject({ state: 'FAILED', trouble: 'CLEAR_FILES' });
		await readsAll([any]);
		const since = randomBytes(40_000);
		expect((await files.put(north.member, document, since)).status).toBe(201);
		await scene.step('rollback');
		await readsAll(all);
		expect(await read({ document })).toEqual(since);
		// Files that the old program writes now are read, and are migrated later.
		const back = await upload(randomBytes(3_000));
		all.push(back);
		await readsAll(all);
		for (const name of ['expand', 'backfill', 'verify', 'cutover'] as const) await scene.step(name);
		await readsAll(all);
	}, 180_000);

	it('are deleted with two persons’ approval, each after another comparison, including those of deleted documents', async () => {
		const removed = all.pop() as Old;
		const { data } = await api.ask(north.member, `{ document(id: "${removed.document}") { revision } }`);
		const { errors } = await api.ask(
			north.member,
			`mutation { deleteDocument(input: { id: "${removed.document}", expectedRevision: ${data.document.revision} }) { id } }`,
		);
		expect(errors).toEqual([]);
		expect(await rowOf(removed)).toEqual({ location: removed.location, sealed: false });
		// An object that is missing although no one has removed it is not forgotten: it may be elsewhere.
		const lost = all[4] as Old;
		await store.lose(lost.location);
		const refused = await scene.contract();
		expect(await ended(installation, refused)).toMatchObject({ state: 'FAILED', trouble: 'NOT_CLEARED' });
		expect(await findings('CLEAR')).toEqual({ missing: 1 });
		expect(await rowOf(lost)).toEqual({ location: lost.location, sealed: true });
		await store.put(lost.location, lost.bytes);
		// A worker is killed after the object is removed and before the row records it.
		const [held, release] = await holding(lost);
		const job = await scene.contract();
		await until(async () => (await store.count(lost.location)) === 0, 40_000);
		expect(await rowOf(lost)).toEqual({ location: lost.location, sealed: true });
		worker.kill();
		release();
		await held;
		expect(await ended(installation, job)).toMatchObject({ state: 'DONE' });
		for (const { location } of [...all, removed, ofSouth])
			expect([location, await store.count(location)]).toEqual([location, 0]);
		const [count] = await installation.admin`
			select count(location_plain)::int as clear, count(object_key)::int as sealed from document_versions`;
		expect(count?.clear).toBe(0);
		await readsAll(all);
		expect(await read(ofSouth, south)).toEqual(Buffer.from(ofSouth.bytes));
		const { report, phase } = (await scene.migrate('status')).result.columns[0];
		expect(phase).toBe('CONTRACTED');
		expect(report).toMatchObject({
			format: 'object',
			firms: 2,
			stillHeldBy: { copiesOfObjects: expect.stringContaining('not provable here') },
		});
		expect(await scene.failed('rollback')).toBe('WRONG_PHASE');
		const document = await makeDocument(api.ask, north.member);
		expect((await old.addVersion(north, document, 'once more.pdf', 1)).refused).toBe('FS002');
		// No one can delete a location by SQL without its job.
		for (const role of ['firmseal_firm', 'firmseal_worker', 'firmseal_maintenance']) {
			const asked = installation.signIn(role === 'firmseal_firm' ? 'firm' : 'worker').begin(async (tx) => {
				await tx`select set_config('role', ${role}, true), set_config('firmseal.firm', ${north.id}, true)`;
				await tx`select clear_removed(${COORDINATE}, ${removed.version}, ''::bytea)`;
			});
			await expect(asked).rejects.toMatchObject({ code: '42501' });
		}
	}, 180_000);
});
