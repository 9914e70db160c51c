import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { oldBucket, oldProgram } from '../jobs/migrate/plaintext-files.ts';
import { FILES, type LegacyScene, makeLegacyScene } from '../jobs/migrate/scene.ts';
import { ended } from '../jobs/stage.ts';
import { onEachService } from '../support/buckets.ts';
import { contentOf, type FileClient, filesAt } from '../support/files.ts';
import { makeInstallation, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import type { RunningApi } from '../system/program.ts';

const DAY = 86_400_000;

onEachService('plaintext files in a bucket', (service) => {
	let scene: LegacyScene;
	let installation: TestInstallation;
	let north: TestFirm;
	let api: RunningApi;
	let files: FileClient;
	let store: Awaited<ReturnType<typeof oldBucket>>;
	let old: ReturnType<typeof oldProgram>;

	beforeAll(async () => {
		store = await oldBucket(service);
		const make = () => makeInstallation(embedded, { settings: store.settings });
		scene = await makeLegacyScene({ moved: FILES, firms: ['north'], make });
		({ installation } = scene);
		[north] = scene.firms as [TestFirm];
		api = await scene.program.serve(installation.env);
		files = filesAt(api.url);
		old = oldProgram(installation, store);
		scene.work();
	}, 120_000);
	afterAll(() => scene?.close());

	const status = async () => (await scene.migrate('status')).result.columns[0];

	it('are migrated with every version, and a locked version stays and is reported with its date', async () => {
		const upload = (each: Uint8Array) => old.upload(api.ask, north, each);
		const [first, second, long] = [
			await upload(randomBytes(0)),
			await upload(randomBytes(1)),
			await upload(randomBytes(9 * 2 ** 20)),
		];
		const all = [first, second, long];
		// Earlier versions, with a delete marker between them.
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
			await scene.step(name);
			await readsAll();
		}
		const day = new Date(Date.now() + 2 * DAY);
		await store.lock(second.location, day);
		const job = await scene.contract();
		expect(await ended(installation, job)).toMatchObject({ state: 'FAILED', trouble: 'NOT_CLEARED' });
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
