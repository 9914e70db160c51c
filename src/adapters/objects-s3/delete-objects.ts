import {
	AbortMultipartUploadCommand,
	DeleteObjectCommand,
	ListMultipartUploadsCommand,
	type ListMultipartUploadsCommandOutput,
	ListObjectVersionsCommand,
	type ListObjectVersionsCommandOutput,
	type MultipartUpload,
} from '@aws-sdk/client-s3';
import { isObjectName } from '../../documents/index.ts';
import type { BucketAccess } from './bucket-access.ts';
import { statusOf } from './errors.ts';

/** Every version of every object of a tag, and first what might become one. One that is refused keeps no other. */
export async function deleteTag(access: BucketAccess, tag: string): Promise<void> {
	const prefix = `${tag}/`;
	const refusals: unknown[] = [];
	for await (const unfinished of uploads(access, prefix)) await abort(access, unfinished);
	for await (const { Key, VersionId } of versions(access, prefix))
		await access.client
			.send(new DeleteObjectCommand({ Bucket: access.bucket, Key, VersionId }))
			.catch((error: unknown) => {
				if (statusOf(error) !== 403) throw error;
				refusals.push(error);
			});
	if (refusals.length > 0) throw refusals[0];
}

/** What deleteTag() would take. */
export async function countTag(access: BucketAccess, tag: string): Promise<number> {
	const prefix = `${tag}/`;
	let count = 0;
	for await (const _ of uploads(access, prefix)) count += 1;
	for await (const _ of versions(access, prefix)) count += 1;
	return count;
}

/** Only what has our kind of name: the bucket may hold other things. */
export async function sweepUploads(access: BucketAccess, before: Date): Promise<number> {
	let taken = 0;
	for await (const unfinished of uploads(access)) {
		const { Key, Initiated } = unfinished;
		if (!isObjectName(Key) || !Initiated || Initiated >= before) continue;
		await abort(access, unfinished);
		taken += 1;
	}
	return taken;
}

async function abort({ client, bucket }: BucketAccess, { Key, UploadId }: MultipartUpload): Promise<void> {
	try {
		await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
	} catch (error) {
		// Another process was faster.
		if (statusOf(error) !== 404) throw error;
	}
}

async function* uploads({ client, bucket }: BucketAccess, prefix?: string): AsyncGenerator<MultipartUpload> {
	let [KeyMarker, UploadIdMarker]: (string | undefined)[] = [];
	do {
		const page: ListMultipartUploadsCommandOutput = await client.send(
			new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, KeyMarker, UploadIdMarker }),
		);
		yield* page.Uploads ?? [];
		[KeyMarker, UploadIdMarker] = page.IsTruncated ? [page.NextKeyMarker, page.NextUploadIdMarker] : [];
	} while (KeyMarker !== undefined);
}

/** Delete markers are versions too. */
export async function* versions({ client, bucket }: BucketAccess, prefix: string) {
	let [KeyMarker, VersionIdMarker]: (string | undefined)[] = [];
	do {
		const page: ListObjectVersionsCommandOutput = await client.send(
			new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, KeyMarker, VersionIdMarker }),
		);
		yield* [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
		[KeyMarker, VersionIdMarker] = page.IsTruncated ? [page.NextKeyMarker, page.NextVersionIdMarker] : [];
	} while (KeyMarker !== undefined);
}
