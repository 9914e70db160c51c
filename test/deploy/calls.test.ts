import { describe, expect, it } from 'vitest';
import { files, read } from '../house/tree.ts';
import { list } from './iam-policy.ts';
import { POLICIES } from './synthesized.ts';

const GIVEN = Object.values(POLICIES.ofRole)
	.flat()
	.filter(({ Effect }) => Effect === 'Allow')
	.flatMap(({ Action }) => list(Action));

/** Operations whose IAM action has another name. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
	ReEncrypt: ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
	HeadObject: ['s3:GetObject'],
	HeadBucket: ['s3:ListBucket'],
	CreateMultipartUpload: ['s3:PutObject'],
	UploadPart: ['s3:PutObject'],
	CompleteMultipartUpload: ['s3:PutObject'],
	ListParts: ['s3:ListMultipartUploadParts'],
	ListObjectsV2: ['s3:ListBucket'],
	ListMultipartUploads: ['s3:ListBucketMultipartUploads'],
	ListObjectVersions: ['s3:ListBucketVersions'],
	// The adapter always deletes a version.
	DeleteObject: ['s3:DeleteObjectVersion'],
	GetBucketEncryption: ['s3:GetEncryptionConfiguration'],
	GetPublicAccessBlock: ['s3:GetBucketPublicAccessBlock'],
	GetBucketLifecycleConfiguration: ['s3:GetLifecycleConfiguration'],
	GetObjectLockConfiguration: ['s3:GetBucketObjectLockConfiguration'],
};

describe.each([
	['kms', 'src/adapters/keyring-aws'],
	['s3', 'src/adapters/objects-s3'],
])('the rights of %s', (service, folder) => {
	const calls = files(folder).flatMap((path) =>
		path.endsWith('.ts') ? [...read(path).matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => name) : [],
	);
	const needed = new Set(calls.flatMap((name) => ACTIONS[name] ?? [`${service}:${name}`]));

	it('match the calls of the adapter exactly', () => {
		expect(needed.size).toBeGreaterThan(5);
		expect([...new Set(GIVEN.filter((action) => action.startsWith(`${service}:`)))].sort()).toEqual([...needed].sort());
	});
});
