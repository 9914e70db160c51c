import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { openPlaintextObjects } from '../../src/wiring/index.ts';
import { problemsOf } from '../support/setting-problems.ts';

const roleOf = (name: string) => `arn:aws:iam::111122223333:role/firmseal/${name}`;
const ON_KMS = { FIRMSEAL_KEYRING: 'aws-kms', AWS_REGION: 'eu-central-1' };
const ON_S3 = { FIRMSEAL_OBJECTS: 's3', FIRMSEAL_S3_BUCKET: 'files-of-firms', AWS_REGION: 'eu-central-1' };

describe('settings that go together', () => {
	it('are all read', () => {
		const { keyring, objects, anchors, installation, aws } = readConfig({
			...ON_KMS,
			...ON_S3,
			FIRMSEAL_KMS_ROLE_FIRM: roleOf('firm'),
			FIRMSEAL_KMS_ROLE_OPERATOR: roleOf('operator'),
			FIRMSEAL_KMS_ROLE_BROKER: roleOf('broker'),
			FIRMSEAL_KMS_ROLE_WORKER: roleOf('worker'),
			FIRMSEAL_KMS_ROLE_SIGNER: roleOf('signer'),
			FIRMSEAL_S3_KMS_KEY_ID: 'alias/files',
			FIRMSEAL_ANCHOR_BUCKET: 'anchors-of-the-log',
			FIRMSEAL_ANCHOR_DAYS: '2555',
			FIRMSEAL_INSTALLATION: 'seal.example',
			AWS_ENDPOINT_URL: 'http://127.0.0.1:5000',
			AWS_ENDPOINT_URL_S3: 'https://s3.example',
		});
		expect(keyring.kind).toBe('aws-kms');
		expect(keyring.roles).toEqual({
			firm: roleOf('firm'),
			operator: roleOf('operator'),
			broker: roleOf('broker'),
			worker: roleOf('worker'),
			signer: roleOf('signer'),
		});
		expect(objects).toEqual({ kind: 's3', bucket: 'files-of-firms', kmsKeyId: 'alias/files', clear: null });
		expect(anchors).toEqual({ bucket: 'anchors-of-the-log', days: 2_555 });
		expect(installation).toBe('seal.example');
		expect(aws).toEqual({
			region: 'eu-central-1',
			endpoints: { kms: 'http://127.0.0.1:5000', s3: 'https://s3.example', sts: 'http://127.0.0.1:5000' },
		});
	});

	it('require no roles, no key, no anchor bucket and no endpoint', () => {
		expect(problemsOf(ON_KMS)).toEqual([]);
		expect(problemsOf(ON_S3)).toEqual([]);
		expect(readConfig(ON_S3).anchors).toEqual({ bucket: null, days: 365 });
	});

	it('name the missing setting to a command that moves a column of file locations', async () => {
		await expect(openPlaintextObjects(readConfig(ON_S3))).rejects.toThrow(
			'FIRMSEAL_CLEAR_OBJECTS must be set to where the plaintext files are: a column of their locations',
		);
	});

	it.each(['0', '36501', '1.5', '-1', 'P1Y', '0000000365'])('refuse to keep anchors for %s days', (days) => {
		const anchored = { ...ON_S3, FIRMSEAL_ANCHOR_BUCKET: 'anchors-of-the-log' };
		expect(problemsOf({ ...anchored, FIRMSEAL_ANCHOR_DAYS: days })).toEqual([
			'FIRMSEAL_ANCHOR_DAYS must be a whole number from 1 to 36500.',
		]);
		for (const good of ['1', '36500'])
			expect(readConfig({ ...anchored, FIRMSEAL_ANCHOR_DAYS: good }).anchors.days).toBe(Number(good));
	});

	it.each(['ab', 'Anchors', 'anchors_of_the_log', '-anchors', 'a'.repeat(64)])(
		'refuse an anchor bucket with an invalid name: %s',
		(bucket) => {
			expect(problemsOf({ ...ON_S3, FIRMSEAL_ANCHOR_BUCKET: bucket })).toEqual([
				'FIRMSEAL_ANCHOR_BUCKET must be the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens.',
			]);
		},
	);

	it.each<[string, NodeJS.ProcessEnv, string]>([
		['keys without a region', { ...ON_KMS, AWS_REGION: '' }, 'AWS_REGION must be set: FIRMSEAL_KEYRING is aws-kms.'],
		['files without a region', { ...ON_S3, AWS_REGION: '' }, 'AWS_REGION must be set: FIRMSEAL_OBJECTS is s3.'],
		['a region of no cloud', { ...ON_S3, AWS_REGION: 'here' }, 'AWS_REGION must be a region such as eu-central-1.'],
		[
			'files without a bucket',
			{ ...ON_S3, FIRMSEAL_S3_BUCKET: '' },
			'FIRMSEAL_S3_BUCKET must be set: FIRMSEAL_OBJECTS is s3.',
		],
		[
			'a root key beside keys in a service',
			{ ...ON_KMS, FIRMSEAL_ROOT_KEY: 'ab'.repeat(32) },
			'FIRMSEAL_ROOT_KEY belongs to the local keyring: remove it, because FIRMSEAL_KEYRING is aws-kms.',
		],
		[
			'a bucket that nothing is in',
			{ FIRMSEAL_S3_BUCKET: 'files-of-firms' },
			'FIRMSEAL_S3_BUCKET has no effect while FIRMSEAL_OBJECTS is not s3: set FIRMSEAL_OBJECTS=s3, or remove it.',
		],
		[
			'a key of no bucket',
			{ FIRMSEAL_S3_KMS_KEY_ID: 'alias/files' },
			'FIRMSEAL_S3_KMS_KEY_ID has no effect while FIRMSEAL_OBJECTS is not s3: set FIRMSEAL_OBJECTS=s3, or remove it.',
		],
		[
			'files in the clear in a bucket, beside a directory',
			{ FIRMSEAL_CLEAR_OBJECTS: 's3://old-files/2019/' },
			'FIRMSEAL_CLEAR_OBJECTS must be an absolute path: FIRMSEAL_OBJECTS is filesystem.',
		],
		[
			'files in the clear in no bucket, beside a directory',
			{ FIRMSEAL_CLEAR_OBJECTS: 's3://' },
			'FIRMSEAL_CLEAR_OBJECTS must be an absolute path: FIRMSEAL_OBJECTS is filesystem.',
		],
		[
			'files in the clear in no bucket, beside a bucket',
			{ ...ON_S3, FIRMSEAL_CLEAR_OBJECTS: 's3://' },
			'FIRMSEAL_CLEAR_OBJECTS must be s3://BUCKET or s3://BUCKET/PREFIX: FIRMSEAL_OBJECTS is s3.',
		],
		[
			'files in the clear in a directory, beside a bucket',
			{ ...ON_S3, FIRMSEAL_CLEAR_OBJECTS: '/srv/files' },
			'FIRMSEAL_CLEAR_OBJECTS must be s3://BUCKET or s3://BUCKET/PREFIX: FIRMSEAL_OBJECTS is s3.',
		],
		...['//', '/srv', '/srv/firmseal', '/srv/firmseal/', '/srv/x/../firmseal/keyring'].map(
			(clear): [string, NodeJS.ProcessEnv, string] => [
				`files in the clear where the keys are: ${clear}`,
				{ FIRMSEAL_DATA_DIR: '/srv/firmseal', FIRMSEAL_CLEAR_OBJECTS: clear },
				'FIRMSEAL_CLEAR_OBJECTS must be separate from FIRMSEAL_DATA_DIR, which holds the keys: neither directory may contain the other.',
			],
		),
		[
			'files in the clear among the anchors',
			{ ...ON_S3, FIRMSEAL_ANCHOR_BUCKET: 'anchors-of-the-log', FIRMSEAL_CLEAR_OBJECTS: 's3://anchors-of-the-log/old' },
			'FIRMSEAL_CLEAR_OBJECTS must be in another bucket than FIRMSEAL_ANCHOR_BUCKET.',
		],
		[
			'a bucket of anchors that nothing is in',
			{ FIRMSEAL_ANCHOR_BUCKET: 'anchors-of-the-log' },
			'FIRMSEAL_ANCHOR_BUCKET has no effect while FIRMSEAL_OBJECTS is not s3: set FIRMSEAL_OBJECTS=s3, or remove it.',
		],
		[
			'days of no bucket',
			{ ...ON_S3, FIRMSEAL_ANCHOR_DAYS: '30' },
			'FIRMSEAL_ANCHOR_DAYS has no effect without FIRMSEAL_ANCHOR_BUCKET, since the owner of a directory can always delete from it: set the bucket, or remove the days.',
		],
		[
			'anchors beside files',
			{ ...ON_S3, FIRMSEAL_ANCHOR_BUCKET: 'files-of-firms' },
			'FIRMSEAL_ANCHOR_BUCKET must be another bucket than FIRMSEAL_S3_BUCKET, one with Object Lock.',
		],
		...['FIRM', 'OPERATOR', 'BROKER', 'WORKER', 'SIGNER'].map((name): [string, NodeJS.ProcessEnv, string] => [
			`a role of no key service: ${name}`,
			{ [`FIRMSEAL_KMS_ROLE_${name}`]: roleOf('x') },
			`FIRMSEAL_KMS_ROLE_${name} has no effect while FIRMSEAL_KEYRING is not aws-kms: set FIRMSEAL_KEYRING=aws-kms, or remove it.`,
		]),
	])('refuse %s', (_, env, sentence) => {
		expect(problemsOf(env)).toEqual([sentence]);
	});

	it('say once that the name of a role is not known', () => {
		const [problem, ...others] = problemsOf({ FIRMSEAL_KMS_ROLE_FRIM: roleOf('firm') });
		expect(problem).toMatch(/^FIRMSEAL_KMS_ROLE_FRIM is not a setting of this version/);
		expect(others).toEqual([]);
		expect(problemsOf({ FIRMSEAL_KMS_ROLE_FIRM_FILE: '/run/secrets/role' })).toEqual([
			expect.stringMatching(/^FIRMSEAL_KMS_ROLE_FIRM_FILE is not a setting of this version/),
		]);
	});

	it('do not repeat the name of a keyring that does not exist', () => {
		const problems = problemsOf({ FIRMSEAL_KEYRING: 'hunter2', FIRMSEAL_ROOT_KEY: 'ab'.repeat(32) });
		expect(problems).toEqual([expect.stringMatching(/^FIRMSEAL_KEYRING must be (?!.*hunter2)/)]);
	});

	it.each<[string, string]>([
		['FIRMSEAL_KEYRING', 'Local'],
		['FIRMSEAL_KEYRING', 'no such keyring'],
		['FIRMSEAL_OBJECTS', 'S3'],
		['FIRMSEAL_KMS_ROLE_FIRM', 'firmseal-firm'],
		['FIRMSEAL_KMS_ROLE_OPERATOR', 'arn:aws:iam::111122223333:user/someone'],
		['FIRMSEAL_KMS_ROLE_BROKER', 'arn:aws:iam::1111:role/short'],
		['FIRMSEAL_KMS_ROLE_WORKER', 'arn:aws:sts::111122223333:assumed-role/worker/session'],
		['FIRMSEAL_KMS_ROLE_SIGNER', 'arn:aws:iam::111122223333:role/'],
		['FIRMSEAL_S3_BUCKET', 'Files'],
		['FIRMSEAL_S3_BUCKET', 'ab'],
		['FIRMSEAL_S3_BUCKET', 'a/b'],
		['FIRMSEAL_S3_KMS_KEY_ID', 'a key'],
		['AWS_REGION', 'Frankfurt'],
		['AWS_REGION', 'eu-central-1a'],
		['AWS_ENDPOINT_URL', 'http://kms.example'],
		['AWS_ENDPOINT_URL_KMS', 'https://user:hunter2@kms.example'],
		['AWS_ENDPOINT_URL_KMS', 'https://user:12345#hunter2@kms.example'],
		['AWS_ENDPOINT_URL_S3', 's3.example'],
		['AWS_ENDPOINT_URL_STS', 'ftp://127.0.0.1'],
		['AWS_ENDPOINT_URL_SSO', 'http://sso.example'],
	])('refuse %s=%s with one sentence that does not contain the value', (name, value) => {
		const problems = problemsOf({ ...ON_KMS, ...ON_S3, [name]: value }).filter((each) =>
			each.startsWith(`${name} must`),
		);
		expect(problems).toEqual([expect.stringMatching(RegExp(`^${name} must be .+\\.$`))]);
		expect(problems.join()).not.toContain(value);
	});
});
