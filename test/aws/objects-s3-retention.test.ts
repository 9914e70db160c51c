import {
	CopyObjectCommand,
	DeleteObjectCommand,
	HeadObjectCommand,
	ListObjectVersionsCommand,
	PutObjectCommand,
	PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { openS3Objects, type S3ObjectsOptions } from '../../src/adapters/objects-s3/index.ts';
import { guardStore } from '../../src/documents/index.ts';
import { setUpBucket } from '../support/bucket-settings.ts';
import { makeBucket, onEachService, type Service, type TestBucket } from '../support/buckets.ts';
import { bytesOf, newName, readAll, reasonOf, tagOf, write } from '../support/objects.ts';

const PART = 8 * 2 ** 20;
const LENGTHS = [0, 10, PART + 10];
const DAY = 86_400_000;

const openStore = ({ options }: TestBucket, changes: Partial<S3ObjectsOptions> = {}) =>
	guardStore(openS3Objects({ ...options, kmsKeyId: null, retainDays: 2, ...changes }));
const makeLocked = (service: Service) => makeBucket(service, { isLocked: true });

const messageOf = (work: Promise<unknown>) =>
	work.then(
		() => 'nothing',
		(error: Error) => error.message,
	);

/** The answer to an administrator of the bucket, who has all rights. */
const answerTo = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		({ name }: Error) => name,
	);

onEachService('a bucket that keeps its objects', (service) => {
	const { name } = service;

	it('locks each object for the configured number of days, in mode COMPLIANCE', async () => {
		const test = await makeLocked(service);
		for (const length of LENGTHS) {
			const object = newName();
			const before = Date.now();
			await write(openStore(test), object, bytesOf(length));
			const of = { Bucket: test.options.bucket, Key: object };
			const head = await test.client.send(new HeadObjectCommand(of));
			expect([length, head.ObjectLockMode]).toEqual([length, 'COMPLIANCE']);
			const until = head.ObjectLockRetainUntilDate?.getTime() ?? 0;
			expect(until).toBeGreaterThan(before + 2 * DAY - 2_000);
			expect(until).toBeLessThan(Date.now() + 2 * DAY + 2_000);
			expect((await readAll(openStore(test), object, { start: 0, end: length })).equals(bytesOf(length))).toBe(true);
		}
	});

	it('deletes no version of an object for anyone before its time', async () => {
		const test = await makeLocked(service);
		for (const length of LENGTHS) {
			const [store, object] = [openStore(test), newName()];
			await write(store, object, bytesOf(length));
			const of = { Bucket: test.options.bucket, Key: object };
			const { VersionId } = await test.client.send(new HeadObjectCommand(of));
			expect(await reasonOf(store.delete(tagOf(object)))).toBe('REFUSED');
			const version = { ...of, VersionId };
			for (const bypass of [false, true])
				expect(
					await answerTo(
						test.client.send(
							new DeleteObjectCommand({ ...version, ...(bypass && { BypassGovernanceRetention: true }) }),
						),
					),
				).toBe('AccessDenied');
			expect(await store.measure(object)).toBe(length);
			expect((await readAll(store, object, { start: 0, end: length })).equals(bytesOf(length))).toBe(true);
		}
	});

	it.skipIf(name === 'moto')(
		`lets no one shorten the time, or weaken the lock${name === 'moto' ? ' (skipped: moto accepts any other lock)' : ''}`,
		async () => {
			const test = await makeLocked(service);
			for (const length of LENGTHS) {
				const object = newName();
				await write(openStore(test), object, bytesOf(length));
				const of = { Bucket: test.options.bucket, Key: object };
				const [sooner, later] = [new Date(Date.now() + DAY), new Date(Date.now() + 3 * DAY)];
				for (const Retention of [
					{ Mode: 'COMPLIANCE', RetainUntilDate: sooner },
					{ Mode: 'GOVERNANCE', RetainUntilDate: sooner },
				] as const)
					expect(
						await answerTo(
							test.client.send(new PutObjectRetentionCommand({ ...of, Retention, BypassGovernanceRetention: true })),
						),
					).toBe('AccessDenied');
				const longer = { Mode: 'COMPLIANCE', RetainUntilDate: later } as const;
				expect(await answerTo(test.client.send(new PutObjectRetentionCommand({ ...of, Retention: longer })))).toBe(
					'done',
				);
			}
		},
	);

	it('keeps an object under a newer version, and under a delete marker', async () => {
		const test = await makeLocked(service);
		const [store, object] = [openStore(test), newName()];
		await write(store, object, bytesOf(10));
		const of = { Bucket: test.options.bucket, Key: object };
		const { VersionId } = await test.client.send(new HeadObjectCommand(of));
		await test.client.send(new PutObjectCommand({ ...of, Body: 'something else' }));
		await test.client.send(
			new CopyObjectCommand({ ...of, CopySource: `${of.Bucket}/${object}`, MetadataDirective: 'REPLACE' }),
		);
		await test.client.send(new DeleteObjectCommand(of));
		const { Versions = [] } = await test.client.send(new ListObjectVersionsCommand({ ...of, Prefix: object }));
		const first = Versions.find((each) => each.VersionId === VersionId);
		expect(first).toMatchObject({ Size: 10 });
		expect(await answerTo(test.client.send(new DeleteObjectCommand({ ...of, VersionId })))).toBe('AccessDenied');
	});

	it('accepts an object once', async () => {
		const test = await makeLocked(service);
		for (const length of LENGTHS) {
			const [store, object] = [openStore(test), newName()];
			await write(store, object, bytesOf(length));
			expect(await reasonOf(write(store, object, bytesOf(length)))).toBe('EXISTS');
			expect(await test.countUnder(tagOf(object))).toBe(1);
		}
	});

	it('accepts nothing without Object Lock, and leaves nothing', async () => {
		const test = await makeBucket(service);
		for (const length of LENGTHS) {
			const object = newName();
			expect(await messageOf(write(openStore(test), object, bytesOf(length)))).toBe(
				'The bucket in FIRMSEAL_ANCHOR_BUCKET has no Object Lock: name a bucket with Object Lock, such as deploy/ creates.',
			);
			expect(await test.countUnder(tagOf(object))).toBe(0);
		}
	});

	it('that does not exist is named with its own setting', async () => {
		const test = await makeLocked(service);
		const store = openStore(test, { bucket: `${test.options.bucket}-other` });
		for (const work of [
			() => store.check(),
			() => store.measure(newName()),
			() => readAll(store, newName(), { start: 0, end: 1 }),
			() => write(store, newName(), bytesOf(1)),
		])
			expect(await messageOf(work())).toBe(
				'The bucket in FIRMSEAL_ANCHOR_BUCKET does not exist: create it, or correct the name.',
			);
	});

	it('fails every check without settings, and passes all once set up', async () => {
		const bare = await openStore(await makeBucket(service, { isVersioned: false })).inspect();
		expect(bare.map(({ check, ok }) => [check, ok])).toEqual([
			['the bucket blocks all public access', false],
			['the bucket keeps versions', false],
			['the bucket has Object Lock', false],
			['the bucket aborts unfinished uploads', false],
			['the bucket’s policy refuses unencrypted connections', false],
		]);
		const whole = await makeLocked(service);
		await setUpBucket(whole, service.kmsKeyId);
		for (const finding of await openStore(whole).inspect()) expect(finding).toMatchObject({ ok: true, fix: null });
	});
});
