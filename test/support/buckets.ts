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
import { describe, inject, it } from 'vitest';
import type { S3ObjectsOptions } from '../../src/adapters/objects-s3/index.ts';
import { isSoak } from './scale.ts';

/** A bucket of one test, in a service that replaces the cloud's. */
export interface TestBucket {
	readonly options: S3ObjectsOptions;
	/** The bucket's administrator. */
	readonly client: S3Client;
	/** Versions, delete markers and unfinished uploads under a prefix. */
	countUnder(prefix: string): Promise<number>;
	/** Starts a multipart upload, and sends one part. */
	beginUpload(key: string): Promise<void>;
}

export interface Service {
	readonly name: 'moto' | 'Ceph';
	readonly endpoint: string;
	readonly region: string;
	readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
	readonly kmsKeyId: string;
}

/** Runs a suite for each service, in fast only for moto. A service that is not installed is shown as skipped. */
export function onEachService(title: string, suite: (service: Service) => void): void {
	const installed = installedServices();
	for (const name of isSoak ? (['moto', 'Ceph'] as const) : (['moto'] as const)) {
		const service = installed.find((each) => each.name === name);
		if (service) describe(`${title} of ${name}`, () => suite(service));
		else describe.skip(`${title} of ${name} (skipped: it is not installed)`, () => it('is there', () => {}));
	}
}

/** The same for suites that also need KMS, which only moto replaces. */
export function onEachServiceWithKms(title: string, suite: (service: Service) => void): void {
	if (inject('clouds').moto !== null) onEachService(title, suite);
	else describe.skip(`${title} (skipped: moto, for KMS, is not installed)`, () => it('is there', () => {}));
}

export function installedServices(): readonly Service[] {
	const { moto, ceph } = inject('clouds');
	const ofCeph: Service | null = ceph && {
		name: 'Ceph',
		endpoint: ceph.url,
		// The only region in which the client sends no location constraint for a new bucket.
		region: 'us-east-1',
		credentials: { accessKeyId: ceph.accessKeyId, secretAccessKey: ceph.secretAccessKey },
		kmsKeyId: ceph.kmsKeys[0],
	};
	const ofMoto = moto === null ? null : serviceOfMoto(moto);
	return [ofMoto, ofCeph].filter((service) => service !== null);
}

export const serviceOfMoto = (endpoint: string): Service => ({
	name: 'moto',
	endpoint,
	region: 'eu-central-1',
	credentials: { accessKeyId: 'tests', secretAccessKey: 'only-for-tests' },
	kmsKeyId: 'arn:aws:kms:eu-central-1:123456789012:alias/objects',
});

export async function makeBucket(
	{ endpoint, region, credentials, kmsKeyId }: Service,
	{ isVersioned = true, isLocked = false } = {},
): Promise<TestBucket> {
	const bucket = `firmseal-${randomBytes(8).toString('hex')}`;
	const client = new S3Client({ region, endpoint, credentials, forcePathStyle: true });
	await client.send(new CreateBucketCommand({ Bucket: bucket, ...(isLocked && { ObjectLockEnabledForBucket: true }) }));
	if (isVersioned)
		await client.send(
			new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
		);
	return { options: { region, endpoint, credentials, bucket, kmsKeyId }, client, ...seenFromOutside(client, bucket) };
}

/** Reads and writes a bucket as its administrator. */
export const seenFromOutside = (client: S3Client, bucket: string): Pick<TestBucket, 'countUnder' | 'beginUpload'> => ({
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
});
