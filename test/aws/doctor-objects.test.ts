import { afterAll, beforeAll, expect, it } from 'vitest';
import { setUpBucket } from '../support/bucket-settings.ts';
import { makeBucket, onEachService, type Service, type TestBucket } from '../support/buckets.ts';
import { makeInstallation, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { firmseal, firmsealJson } from '../system/program.ts';

const envOf = ({ region, endpoint, credentials, kmsKeyId }: Service, { options }: TestBucket) => ({
	FIRMSEAL_OBJECTS: 's3',
	FIRMSEAL_S3_BUCKET: options.bucket,
	FIRMSEAL_S3_KMS_KEY_ID: kmsKeyId,
	AWS_REGION: region,
	AWS_ENDPOINT_URL_S3: endpoint,
	AWS_ACCESS_KEY_ID: credentials.accessKeyId,
	AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
});

/** The fixes that doctor reports for a bucket with default settings. */
const FIXES: Readonly<Record<string, RegExp>> = {
	'the bucket encrypts with a KMS key': /^Set the bucket’s default encryption to SSE-KMS with your own key\.$/,
	'the bucket uses a bucket key': /^Enable the bucket key/,
	'the bucket blocks all public access': /^Block all public access: enable all four settings\.$/,
	'the bucket keeps versions': /^Enable versioning/,
	'the bucket aborts unfinished uploads': /^Add a lifecycle rule for the whole bucket/,
	'old versions expire in the bucket': /^Add a lifecycle rule for the whole bucket/,
	'the bucket’s policy refuses unencrypted connections': /aws:SecureTransport is false\.$/,
};

onEachService('firmseal doctor on a bucket', (service) => {
	let installation: TestInstallation;
	beforeAll(async () => {
		installation = await makeInstallation(embedded);
	});
	afterAll(() => installation?.close());

	const envWith = (bucket: TestBucket) => ({ ...installation.env, ...envOf(service, bucket) });
	const examine = async (bucket: TestBucket) => {
		const { code, result } = await firmsealJson(envWith(bucket), 'doctor');
		const findings = result.findings as { check: string; ok: boolean; fix: string | null }[];
		return { code, of: findings.filter(({ check }) => /the bucket|object store/.test(check)), all: findings };
	};

	it('fails if the bucket has no settings, with a fix for each problem', async () => {
		const { code, of } = await examine(await makeBucket(service, { isVersioned: false }));
		expect(code).toBe(1);
		expect(of[0]).toEqual({ check: 'the object store can be used', ok: true, fix: null });
		expect(of.slice(1).map(({ check }) => check)).toEqual(Object.keys(FIXES));
		for (const { check, ok, fix } of of.slice(1)) {
			expect([check, ok]).toEqual([check, false]);
			expect(fix).toMatch(FIXES[check] as RegExp);
		}
	});

	it('checks the anchor bucket too, and finds nothing wrong with one that is set up', async () => {
		const files = await makeBucket(service);
		await setUpBucket(files, service.kmsKeyId);
		const anchored = async (anchors: TestBucket) => {
			const env = { ...envWith(files), FIRMSEAL_ANCHOR_BUCKET: anchors.options.bucket };
			const { code, result } = await firmsealJson(env, 'doctor');
			const findings = result.findings as { check: string; ok: boolean }[];
			const isOfBucket = (check: string) => /^anchors:|anchors can be reached$/.test(check);
			const wrong = findings.filter(({ check, ok }) => ok === false && !isOfBucket(check)).map(({ check }) => check);
			return {
				code,
				of: findings.filter(({ check }) => isOfBucket(check)).map(({ check, ok }) => [check, ok]),
				wrong,
			};
		};
		const [sound, bare] = [await makeBucket(service, { isLocked: true }), await makeBucket(service)];
		await setUpBucket(sound, service.kmsKeyId);
		const checks = [
			'the log’s anchors can be reached',
			'anchors: the bucket blocks all public access',
			'anchors: the bucket keeps versions',
			'anchors: the bucket has Object Lock',
			'anchors: the bucket aborts unfinished uploads',
			'anchors: the bucket’s policy refuses unencrypted connections',
		];
		// The emulator is called without TLS and enforces the bucket's policy, so neither erasure records nor anchors can be read.
		const refused =
			service.name === 'moto' ? [expect.stringContaining('erasure record'), 'the log agrees with its anchors'] : [];
		expect(await anchored(sound)).toEqual({
			code: refused.length > 0 ? 1 : 0,
			wrong: refused,
			of: checks.map((check) => [check, true]),
		});
		expect(await anchored(bare)).toEqual({
			code: 1,
			wrong: [],
			of: checks.map((check) => [check, /reached|versions/.test(check)]),
		});
	});

	it('prints the same findings for people, without a credential', async () => {
		const bucket = await makeBucket(service, { isVersioned: false });
		const { code, stdout, stderr } = await firmseal(envWith(bucket), 'doctor');
		expect(code).toBe(1);
		expect(stdout).toContain('ok    the object store can be used\n');
		expect(stdout).toMatch(/^WRONG the bucket keeps versions\n {6}Enable versioning/m);
		expect(stderr).toBe('');
		expect(stdout).not.toContain(service.credentials.secretAccessKey);
	});

	it('finds nothing wrong if the bucket is set up', async () => {
		const bucket = await makeBucket(service);
		await setUpBucket(bucket, service.kmsKeyId);
		const { code, of, all } = await examine(bucket);
		expect(of.map(({ check, ok, fix }) => [check, ok, fix])).toEqual(
			['the object store can be used', ...Object.keys(FIXES)].map((check) => [check, true, null]),
		);
		expect([code, all.filter(({ ok }) => ok === false)]).toEqual([0, []]);
	});

	it('fails with a fix if the bucket does not exist, and checks nothing more', async () => {
		const bucket = await makeBucket(service);
		const missing = { ...bucket, options: { ...bucket.options, bucket: `${bucket.options.bucket}-other` } };
		const { code, of } = await examine(missing);
		expect([code, of]).toEqual([
			1,
			[
				{
					check: 'the object store can be used',
					ok: false,
					fix: 'The bucket in FIRMSEAL_S3_BUCKET does not exist: create it, or correct the name.',
				},
			],
		]);
	});
});
