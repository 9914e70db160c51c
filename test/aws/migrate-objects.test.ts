import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { oldBucket, oldProgram } from '../lifecycle/migrate/clear-files.ts';
import { LEGACY_FILES, type LegacyProgram, makeLegacyProgram } from '../lifecycle/migrate/legacy.ts';
import { keepWorking, migrateAs } from '../lifecycle/migrate/working.ts';
import { onEachService } from '../support/buckets.ts';
import { contentOf, type FileClient, filesAt } from '../support/files.ts';
import type { TestFirm, TestInstallation } from '../support/installation.ts';
import { type RunningApi, until } from '../system/program.ts';
import { makeOwnInstallation } from './own-postgres.ts';

const COORDINATE = 'DocumentVersion.objectKey';
const DAY = 86_400_000;

onEachService('files in the clear in a bucket', (service) => {
	let program: LegacyProgram;
	let installation: TestInstallation;
	let north: TestFirm;
	let api: RunningApi;
	let files: FileClient;
	let worker: ReturnType<typeof keepWorking>;
	let store: Awaited<ReturnType<typeof oldBucket>>;
	let old: ReturnType<typeof oldProgram>;
	const approvers: string[] = [];

	beforeAll(async () => {
		program = await makeLegacyProgram(LEGACY_FILES);
		store = await oldBucket(service);
		installation = await makeOwnInstallation({ settings: store.settings });
		north = await installation.addFirm('north');
		for (let count = 0; count < 2; count++) approvers.push(await installation.addOperator('APPROVER'));
		await program.prepare(installation);
		api = await program.serve(installation.env);
		files = filesAt(api.url);
		old = oldProgram(installation, store);
		worker = keepWorking(program, installation);
	}, 120_000);
	afterAll(async () => {
		await worker?.stop();
		await installation?.close();
		program?.remove();
	});

	const status = async () => (await program.command(installation.env, 'migrate', 'status')).result.columns[0];
	const step = async (name: Parameters<typeof migrateAs>[1]) => {
		for (const end of await migrateAs(installation, name, [north.id], { subject: COORDINATE, class: 'DOCUMENT' }))
			expect(end).toMatchObject({ state: 'DONE' });
	};
	const contract = async () => {
		const as = (token: string, ...args: string[]) =>
			program.command({ ...installation.env, FIRMSEAL_TOKEN: token }, ...args);
		const asked = await as(approvers[0] as string, 'migrate', 'contract', '--coordinate', COORDINATE);
		const job = asked.result.jobs[0].id as string;
		expect(await as(approvers[1] as string, 'job', 'approve', '--job', job)).toMatchObject({ ok: true });
		const find = () => installation.admin`select state, trouble from jobs where id = ${job} and ended_at is not null`;
		await until(async () => (await find()).length > 0, 60_000);
		return (await find())[0];
	};

	it('go the whole way, every version of each; one that is locked is reported with its day, and stays', async () => {
		const upload = (each: Uint8Array) => old.upload(api.ask, north, each);
		const [first, second, long] = [
			await upload(randomBytes(0)),
			await upload(randomBytes(1)),
			await upload(randomBytes(9 * 2 ** 20)),
		];
		const all = [first, second, long];
		// Earlier versions, and a mark of a deletion between them.
		await store.put(long.location, randomBytes(10));
		await store.lose(long.location);
		await store.put(long.location, long.bytes);
		expect(await store.count(long.location)).toBe(4);
		const readsAll = async () => {
			for (const each of all) {
				const { status: answered, bytes: read } = await files.get(north.member, contentOf(each.document));
				expect([answered, read.equals(each.bytes as Buffer)]).toEqual([200, true]);
			}
		};
		await readsAll();
		const range = await files.get(north.member, contentOf(long.document), { range: 'bytes=5000000-5000009' });
		expect(range.bytes.equals((long.bytes as Buffer).subarray(5_000_000, 5_000_010))).toBe(true);
		for (const name of ['expand', 'backfill', 'verify', 'cutover'] as const) {
			await step(name);
			await readsAll();
		}
		const day = new Date(Date.now() + 2 * DAY);
		await store.lock(second.location, day);
		expect(await contract()).toMatchObject({ state: 'FAILED', trouble: 'NOT_CLEARED' });
		expect((await status()).jobs.CLEAR).toMatchObject({
			done: 2,
			failed: 1,
			findings: { [`locked until ${day.toISOString().slice(0, 10)}`]: 1 },
		});
		expect(await store.count(second.location)).toBe(1);
		for (const { location } of [first, long]) expect([location, await store.count(location)]).toEqual([location, 0]);
		await readsAll();
		const [ofLocked] = await installation.admin`
			select trouble from jobs where kind = 'CLEAR' and firm_id = ${north.id} order by asked_at desc limit 1`;
		expect(ofLocked?.trouble).toBe('LOCKED');
		expect((await status()).phase).toBe('CONTRACTING');
	}, 240_000);
});
