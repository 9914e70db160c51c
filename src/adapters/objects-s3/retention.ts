import { createHash } from 'node:crypto';
import { DeleteObjectCommand, PutObjectRetentionCommand } from '@aws-sdk/client-s3';
import type { BucketAccess } from './bucket-access.ts';

const DAY = 86_400_000;

export interface Retention {
	/** Whole days for which no one, with any rights, can delete or change an object; null if objects may be deleted at any time. */
	readonly retainDays: number | null;
}

/** Parameters of a new object. A bucket without Object Lock refuses them. */
export const retentionOf = ({ retainDays }: Retention) =>
	retainDays === null
		? {}
		: ({ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: new Date(Date.now() + retainDays * DAY) } as const);

/** Some services require MD5 for a locked object, because they know no newer checksum. */
export const digestOf = ({ retainDays }: Retention, bytes: Uint8Array) =>
	retainDays === null ? {} : { ContentMD5: createHash('md5').update(bytes).digest('base64') };

/**
 * Requests the lock again after the upload: some services ignore it for an object in parts, or don't report that the bucket has no Object
 * Lock. Deletes an object that can't be locked, and throws.
 */
export async function retain(access: BucketAccess, name: string, version: string | undefined): Promise<void> {
	const { client, bucket } = access;
	const { ObjectLockMode: Mode, ObjectLockRetainUntilDate: RetainUntilDate } = retentionOf(access);
	if (Mode === undefined) return;
	const of = { Bucket: bucket, Key: name, VersionId: version };
	try {
		await client.send(new PutObjectRetentionCommand({ ...of, Retention: { Mode, RetainUntilDate } }));
	} catch (error) {
		await client.send(new DeleteObjectCommand(of)).catch(() => {});
		throw error;
	}
}

/** The setting that names the bucket. */
export const settingOf = ({ retainDays }: Retention): string =>
	retainDays === null ? 'FIRMSEAL_S3_BUCKET' : 'FIRMSEAL_ANCHOR_BUCKET';
