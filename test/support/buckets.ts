import { randomBytes } from 'node:crypto';
import {
	CreateBucketCommand,
	CreateMultipartUploadCommand,
	ListMultipartUploadsCommand,
	ListObjectVersionsCommand,
	PutBucketVersioningCommand,
	S3Client,
	UploadPartCommand,
} from '@aws-sdk/client-s3';
import { inject } from 'vitest';
import type { S3ObjectsOptions } from '../../src/adapters/objects-s3/index.ts';

/** A bucket of a test's own in one of the services that stand in for the cloud's. */
export interface TestBucket {
	readonly options: S3ObjectsOptions;
	/** As its administrator. */
	readonly client: S3Client;
	/** Versions, delete markers and unfinished uploads under a prefix. */
	countUnder(prefix: string): Promise<number>;
	/** Begins an object of several parts, and sends one. */
	beginUpload(key: string): Promise<void>;
}

interface Service {
	readonly name: 'moto' | 'Ceph';
	readonly endpoint: string;
	readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
	readonly kmsKeyId: string;
}

const REGION = 'eu-central-1';

/** Those that are installed. */
export function bucketServices(): readonly Service[] {
	const { moto, ceph } = inject('clouds');
	const ofCeph = ceph && {
		name: 'Ceph' as const,
		endpoint: ceph.url,
		credentials: { accessKeyId: ceph.accessKeyId, secretAccessKey: ceph.secretAccessKey },
		kmsKeyId: ceph.kmsKeys[0],
	};
	const ofMoto = moto && {
		name: 'moto' as const,
		endpoint: moto,
		credentials: { accessKeyId: 'tests', secretAccessKey: 'only-for-tests' },
		kmsKeyId: `arn:aws:kms:${REGION}:123456789012:alias/objects`,
	};
	return [ofMoto, ofCeph].filter((service) => service !== null);
}

export async function makeBucket(
	{ endpoint, credentials, kmsKeyId }: Service,
	{ isVersioned = true } = {},
): Promise<TestBucket> {
	const bucket = `firmseal-${randomBytes(8).toString('hex')}`;
	const client = new S3Client({ region: REGION, endpoint, credentials, forcePathStyle: true });
	// The gateway knows only one region, and it isn't named.
	await client.send(
		new CreateBucketCommand({
			Bucket: bucket,
			...(credentials.accessKeyId === 'tests' && { CreateBucketConfiguration: { LocationConstraint: REGION } }),
		}),
	);
	if (isVersioned)
		await client.send(
			new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
		);
	return {
		options: { region: REGION, endpoint, credentials, bucket, kmsKeyId },
		client,
		async countUnder(prefix) {
			const of = { Bucket: bucket, Prefix: prefix };
			const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand(of));
			const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand(of));
			return Versions.length + DeleteMarkers.length + Uploads.length;
		},
		async beginUpload(key) {
			const of = { Bucket: bucket, Key: key };
			const { UploadId } = await client.send(new CreateMultipartUploadCommand(of));
			await client.send(new UploadPartCommand({ ...of, UploadId, PartNumber: 1, Body: Buffer.alloc(100) }));
		},
	};
}
