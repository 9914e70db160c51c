import {
	PutBucketEncryptionCommand,
	PutBucketLifecycleConfigurationCommand,
	PutBucketPolicyCommand,
	PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import type { TestBucket } from './buckets.ts';

export function encryptByDefault({ client, options: { bucket } }: TestBucket, KMSMasterKeyID: string) {
	const byKms = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID } as const;
	const rule = { ApplyServerSideEncryptionByDefault: byKms, BucketKeyEnabled: true };
	return client.send(
		new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }),
	);
}

/** Settings of a versioned bucket for which doctor finds no problem. */
export async function setUpBucket(test: TestBucket, kmsKeyId: string): Promise<void> {
	await encryptByDefault(test, kmsKeyId);
	const { client, options } = test;
	const { bucket: Bucket } = options;
	const block = {
		BlockPublicAcls: true,
		BlockPublicPolicy: true,
		IgnorePublicAcls: true,
		RestrictPublicBuckets: true,
	};
	await client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: block }));
	const rule = {
		ID: 'clear',
		Status: 'Enabled',
		Filter: { Prefix: '' },
		AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
		NoncurrentVersionExpiration: { NoncurrentDays: 30 },
	} as const;
	await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [rule] } }));
	const Resource = [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`];
	const Condition = { Bool: { 'aws:SecureTransport': 'false' } };
	const Policy = JSON.stringify({
		Version: '2012-10-17',
		Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource, Condition }],
	});
	await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}
