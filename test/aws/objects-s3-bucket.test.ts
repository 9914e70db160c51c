import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { openS3Objects, type S3ObjectsOptions } from '../../src/adapters/objects-s3/index.ts';
import { guardStore } from '../../src/documents/index.ts';
import { encryptByDefault, setUpBucket } from '../support/bucket-settings.ts';
import { makeBucket, onEachService, type TestBucket } from '../support/buckets.ts';
import { bytesOf, newName, readAll, reasonOf, tagOf, write } from '../support/objects.ts';

const PART = 8 * 2 ** 20;

const openStore = ({ options }: TestBucket, changes: Partial<S3ObjectsOptions> = {}) =>
	guardStore(openS3Objects({ ...options, ...changes }));

const messageOf = (work: Promise<unknown>) =>
	work.then(
		() => 'nothing',
		(error: Error) => error.message,
	);

onEachService('a bucket', (service) => {
	const { name } = service;

	it('contains objects encrypted with the configured key, with their tag and no other description', async () => {
		const test = await makeBucket(service);
		for (const length of [10, PART + 10]) {
			const object = newName();
			await write(openStore(test), object, bytesOf(length));
			const head = await test.client.send(new HeadObjectCommand({ Bucket: test.options.bucket, Key: object }));
			expect(head).toMatchObject({
				ContentLength: length,
				ServerSideEncryption: 'aws:kms',
				SSEKMSKeyId: service.kmsKeyId,
				Metadata: { 'firmseal-tag': tagOf(object) },
			});
			expect(Object.keys(head.Metadata ?? {})).toEqual(['firmseal-tag']);
		}
	});

	it('loses every version of a deleted object, and its delete markers', async () => {
		for (const isVersioned of [true, false]) {
			const test = await makeBucket(service, { isVersioned });
			const [store, object] = [openStore(test), newName()];
			const of = { Bucket: test.options.bucket, Key: object };
			await write(store, object, bytesOf(10));
			await test.client.send(new PutObjectCommand({ ...of, Body: 'overwritten by someone' }));
			await test.client.send(new DeleteObjectCommand(of));
			await test.client.send(new PutObjectCommand({ ...of, Body: 'once more' }));
			await test.beginUpload(object);
			expect(await test.countUnder(tagOf(object))).toBe(isVersioned ? 5 : 2);
			await store.delete(tagOf(object));
			expect(await test.countUnder(tagOf(object))).toBe(0);
		}
	});

	it('keeps objects of other programs', async () => {
		const test = await makeBucket(service);
		await test.beginUpload('someone/else');
		await test.beginUpload(`${newName()}.txt`);
		const store = openStore(test);
		expect(await store.sweep(new Date(Date.now() + 60_000))).toBe(0);
		await store.delete(tagOf(newName()));
		expect(await test.countUnder('')).toBe(2);
	});

	it('that does not exist is named in the fix, by every operation', async () => {
		const test = await makeBucket(service);
		const store = openStore(test, { bucket: `${test.options.bucket}-other` });
		const name = newName();
		for (const work of [
			() => store.check(),
			() => store.inspect(),
			() => store.measure(name),
			() => readAll(store, name, { start: 0, end: 1 }),
			() => write(store, name, bytesOf(1)),
			() => write(store, name, bytesOf(PART + 1)),
			() => store.delete(tagOf(name)),
			() => store.sweep(new Date()),
		])
			expect(await messageOf(work())).toBe(
				'The bucket in FIRMSEAL_S3_BUCKET does not exist: create it, or correct the name.',
			);
	});

	it.skipIf(name === 'Ceph')(
		`in another region is named in the fix${name === 'Ceph' ? ' (skipped: Ceph does not say where a bucket is)' : ''}`,
		async () => {
			const test = await makeBucket(service);
			const store = openStore(test, { region: 'eu-west-1' });
			expect(await messageOf(store.check())).toBe(
				'The bucket in FIRMSEAL_S3_BUCKET is not in the region in AWS_REGION: set AWS_REGION to the bucket’s region.',
			);
		},
	);

	it.skipIf(name === 'moto')(
		`refuses an unknown key id and a wrong secret${name === 'moto' ? ' (skipped: moto accepts every signature)' : ''}`,
		async () => {
			const test = await makeBucket(service);
			const { credentials } = service;
			for (const wrong of [
				{ ...credentials, accessKeyId: 'nobody' },
				{ ...credentials, secretAccessKey: 'wrong' },
			]) {
				const store = openStore(test, { credentials: wrong });
				const name = newName();
				for (const work of [
					() => store.check(),
					() => store.measure(name),
					() => readAll(store, name, { start: 0, end: 1 }),
					() => write(store, name, bytesOf(1)),
					() => write(store, name, bytesOf(PART + 1)),
					() => store.delete(tagOf(name)),
				])
					expect(await reasonOf(work())).toBe('REFUSED');
			}
			expect(await test.countUnder('')).toBe(0);
		},
	);

	it.skipIf(name === 'moto')(
		`refuses a key that it cannot use, and stores nothing${name === 'moto' ? ' (skipped: moto encrypts nothing)' : ''}`,
		async () => {
			const test = await makeBucket(service);
			const store = openStore(test, { kmsKeyId: 'unknown-key' });
			for (const length of [1, PART + 1])
				expect(await messageOf(write(store, newName(), bytesOf(length)))).toMatch(
					/^The key in FIRMSEAL_S3_KMS_KEY_ID.* cannot be used/,
				);
			expect(await test.countUnder('')).toBe(0);
		},
	);

	it('that does not encrypt with a KMS key receives no object', async () => {
		const test = await makeBucket(service);
		const store = openStore(test, { kmsKeyId: null });
		for (const length of [1, PART + 1])
			expect(await messageOf(write(store, newName(), bytesOf(length)))).toMatch(/does not encrypt with a KMS key/);
		expect(await test.countUnder('')).toBe(0);
	});

	it('may have the key as its default encryption', async () => {
		const test = await makeBucket(service);
		await encryptByDefault(test, service.kmsKeyId);
		const store = openStore(test, { kmsKeyId: null });
		// moto doesn't report an upload in parts as encrypted.
		for (const length of name === 'moto' ? [1] : [1, PART + 1]) {
			const object = newName();
			await write(store, object, bytesOf(length));
			const head = await test.client.send(new HeadObjectCommand({ Bucket: test.options.bucket, Key: object }));
			expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: service.kmsKeyId });
		}
	});

	it('fails every check without settings, and passes all once set up', async () => {
		const test = await makeBucket(service, { isVersioned: false });
		const bare = await openStore(test).inspect();
		expect(bare.map(({ ok }) => ok)).toEqual(bare.map(() => false));
		expect(bare.map(({ check }) => check)).toEqual([
			'the bucket encrypts with a KMS key',
			'the bucket uses a bucket key',
			'the bucket blocks all public access',
			'the bucket keeps versions',
			'the bucket aborts unfinished uploads',
			'old versions expire in the bucket',
			'the bucket’s policy refuses unencrypted connections',
		]);
		const whole = await makeBucket(service);
		await setUpBucket(whole, service.kmsKeyId);
		for (const finding of await openStore(whole).inspect()) expect(finding).toMatchObject({ ok: true, fix: null });
	});
});
