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

/** Aborts the uploads of a tag, then deletes every version of its objects. A refused version does not stop the others. */
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

/** Number of uploads and versions that deleteTag() would remove. */
export async function countTag(access: BucketAccess, tag: string): Promise<number> {
	const prefix = `${tag}/`;
	let count = 0;
	for await (const _ of uploads(access, prefix)) count += 1;
	for await (const _ of versions(access, prefix)) count += 1;
	return count;
}

/** Aborts uploads that began before `before`; returns their number. Skips names of another form: the bucket may have other users. */
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
		// 404: another process was faster.
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

/** Includes delete markers. */
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
