import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { isObjectName, type ListedObject, mapErrors, type ObjectStore } from '../../documents/index.ts';
import type { BucketAccess } from './bucket-access.ts';
import { checkBucket } from './check-bucket.ts';
import { type ClientOptions, createClient, IDLE_TIMEOUT } from './client.ts';
import { countTag, deleteTag, sweepUploads } from './delete-objects.ts';
import { toObjectStoreError } from './errors.ts';
import { inspect } from './inspect.ts';
import { measure, read } from './read.ts';
import { retained } from './retained.ts';
import { settingOf } from './retention.ts';
import { upload } from './upload.ts';

export interface S3ObjectsOptions extends ClientOptions {
	readonly bucket: string;
	/** Id, alias or ARN of the KMS key of new objects; null for the bucket's default. */
	readonly kmsKeyId: string | null;
	/**
	 * Whole days for which no one, not even the account's root, can delete or change an object. Needs a bucket with Object Lock. If left out,
	 * every principal with the right can delete objects.
	 */
	readonly retainDays?: number;
}

/** Objects in a bucket of S3 (README.md). Needs guardStore(), which checks names, ranges and the bounds of a write. */
export function openS3Objects({
	bucket,
	kmsKeyId,
	retainDays,
	idleTimeout = IDLE_TIMEOUT,
	...of
}: S3ObjectsOptions): ObjectStore {
	const access: BucketAccess = {
		client: createClient({ ...of, idleTimeout }),
		bucket,
		kmsKeyId,
		idleTimeout,
		retainDays: retainDays ?? null,
	};
	const explain = (error: unknown) => toObjectStoreError(error, settingOf(access));
	const explained = <Answer>(work: () => Promise<Answer>): Promise<Answer> =>
		work().catch((error: unknown) => {
			throw explain(error);
		});
	return {
		bucket,
		write: (name, body, options) => explained(() => upload(access, name, body, options)),
		measure: (name) => explained(() => measure(access, name)),
		read: (name, range, signal) => mapErrors(read(access, name, range, signal), explain),
		delete: (tag) => explained(() => deleteTag(access, tag)),
		list: () => mapErrors(listObjects(access), explain),
		count: (tag) => explained(() => countTag(access, tag)),
		retained: (tags) => explained(() => retained(access, tags)),
		sweep: (before) => explained(() => sweepUploads(access, before)),
		inspect: () => explained(() => inspect(access)),
		check: () => explained(() => checkBucket(access)),
	};
}

/** The current version of each object, in the order of names. The service returns up to 1,000 for each request. */
async function* listObjects({ client, bucket }: BucketAccess): AsyncIterable<ListedObject> {
	let ContinuationToken: string | undefined;
	do {
		const page: ListObjectsV2CommandOutput = await client.send(
			new ListObjectsV2Command({ Bucket: bucket, ContinuationToken }),
		);
		for (const { Key, Size } of page.Contents ?? []) if (isObjectName(Key)) yield { name: Key, size: Size ?? 0 };
		ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
	} while (ContinuationToken !== undefined);
}
