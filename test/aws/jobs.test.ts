import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ask, ended, keysOf } from '../jobs/stage.ts';
import { makeBucket, onEachServiceWithKms, type TestBucket } from '../support/buckets.ts';
import { contentOf, filesAt, makeDocument } from '../support/files.ts';
import { makeInstallation, type TestApi, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { newKmsSettings } from './cloud-installation.ts';

onEachServiceWithKms('jobs on keys in KMS and files in S3', (service) => {
	let bucket: TestBucket;
	let installation: TestInstallation;
	let north: TestFirm;
	let api: TestApi;
	const files: { readonly id: string; readonly bytes: Buffer }[] = [];

	beforeAll(async () => {
		bucket = await makeBucket(service);
		const { accessKeyId, secretAccessKey } = service.credentials;
		vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
		vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
		installation = await makeInstallation(embedded, {
			settings: {
				...newKmsSettings().env,
				FIRMSEAL_OBJECTS: 's3',
				FIRMSEAL_S3_BUCKET: bucket.options.bucket,
				...(bucket.options.kmsKeyId && { FIRMSEAL_S3_KMS_KEY_ID: bucket.options.kmsKeyId }),
				AWS_REGION: service.region,
				AWS_ENDPOINT_URL_S3: service.endpoint,
			},
		});
		north = await installation.addFirm('north');
		api = await installation.serve();
		await installation.startWorker({}, { propagationSeconds: 1 });
		// One file in one request, and one in parts.
		for (const size of [10, 20 * 1024 * 1024]) {
			const bytes = randomBytes(size);
			const id = await makeDocument(api.ask, north.member);
			expect((await filesAt(api.url).put(north.member, id, bytes)).status).toBe(201);
			files.push({ id, bytes });
		}
	});
	afterAll(() => installation?.close());

	const job = async (kind: 'ROTATE' | 'REENCRYPT' | 'REWRAP', of: string | null, version: number | null) =>
		ended(installation, (await ask(installation, { firm: north.id, kind, class: of, version })).job.id);
	const readAll = async (from: TestApi) => {
		for (const { id, bytes } of files) {
			const answer = await filesAt(from.url).get(north.member, contentOf(id));
			expect([answer.status, answer.bytes.equals(bytes)]).toEqual([200, true]);
		}
	};

	it('create another version, re-encrypt values and files under it, and wrap all data keys again', async () => {
		expect(await job('ROTATE', 'DOCUMENT', 2)).toMatchObject({ state: 'DONE' });
		expect(await job('REENCRYPT', 'DOCUMENT', 2)).toMatchObject({ state: 'DONE', failed: '0' });
		const rows = await installation.admin`select key_version from stored_objects where state = 'STORED'`;
		expect(rows.map(({ key_version }) => Number(key_version))).toEqual([2, 2]);
		const wrapped = () =>
			installation.admin`select wrapped from data_keys where firm_id = ${north.id} order by class, version`;
		const before = await wrapped();
		expect(await job('REWRAP', null, null)).toMatchObject({ state: 'DONE', done: String(before.length) });
		const after = await wrapped();
		expect(after.some(({ wrapped: each }, index) => Buffer.compare(each, before[index]?.wrapped) === 0)).toBe(false);
		const states = (await keysOf(installation, north.id)).filter(({ class: of }) => of === 'DOCUMENT');
		expect(states.map(({ state }) => state)).toEqual(['DISABLED', 'ACTIVE']);
		await readAll(api);
		// Read by a process without cached keys.
		await readAll(await installation.serve());
	});
});
